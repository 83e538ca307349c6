/** A schedule as a list of numbers: at each choice, which of the open moves was taken. What comes after it takes the first. */

export class Choices {
  readonly taken: number[] = [];
  /** How many there were to choose from, at each choice. */
  readonly widths: number[] = [];

  constructor(private readonly script: readonly number[] = []) {}

  /** Whether the next choice is still told by the script. */
  get scripted(): boolean {
    return this.taken.length < this.script.length;
  }

  pick(width: number): number {
    const choice = this.script[this.taken.length] ?? 0;
    if (choice >= width)
      throw new Error(`the seed asks for move ${choice} where there are ${width}: it is of other code`);
    this.taken.push(choice);
    this.widths.push(width);
    return choice;
  }
}

/** As text, for a command line: trailing zeros left out. `e`: no choice but the first, everywhere. */
export function toSeed(taken: readonly number[]): string {
  const last = taken.findLastIndex((choice) => choice > 0);
  return last < 0 ? 'e' : taken.slice(0, last + 1).join('.');
}

/** @throws Error where `seed` is no list of numbers with dots between. */
export function fromSeed(seed: string): number[] {
  if (seed === 'e') return [];
  if (!/^\d+(\.\d+)*$/.test(seed)) throw new Error('a seed is a list of numbers with dots between, or e');
  return seed.split('.').map(Number);
}
