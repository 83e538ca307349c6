/** Randomness that can be had again: the seed is printed, and `PROVISIONER_SEED` replays it. */
export interface Random {
  /** From 0 up to, not including, `limit`; whole. */
  below(limit: number): number;
}

export function seededRandom(what: string): Random {
  const seed = Number(process.env.PROVISIONER_SEED ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isSafeInteger(seed)) throw new Error('PROVISIONER_SEED must be an integer');
  process.stdout.write(`${what}: PROVISIONER_SEED=${seed}\n`);
  return randomFrom(seed);
}

/** The same numbers for the same seed, a whole one. */
export function randomFrom(seed: number): Random {
  // mulberry32: small, and good enough to scatter kills.
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (limit) => Math.floor(next() * limit) };
}
