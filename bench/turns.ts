/** In which order subjects take turns. */

/**
 * Order of `all` in this round: over as many rounds as there are subjects (twice as many where their number is odd) each comes
 * equally often in each place and right after each other one, since what a saga leaves a server to do falls into the time of
 * the next. E. J. Williams, "Experimental designs balanced for the estimation of residual effects of treatments", 1949.
 */
export function inTurn<Each>(all: readonly Each[], round: number): Each[] {
  const n = all.length;
  // 0, 1, n-1, 2, n-2, …: each distance between neighbours comes once.
  const places = all.map((_, at) => (at % 2 === 1 ? (at + 1) / 2 : (n - at / 2) % n));
  const order = places.map((place) => all[(place + round) % n] as Each);
  return n % 2 === 1 && Math.floor(round / n) % 2 === 1 ? order.toReversed() : order;
}
