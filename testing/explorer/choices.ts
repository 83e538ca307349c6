/** A schedule as a list of numbers: at each choice, which of the open moves was taken. What comes after it takes the first. */

import type { Bounds } from './scenario.js';

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

/** As text, for a command line: the bounds it was found within, since they decide what there is to choose from. */
export function toSeed({ adversities, preemptions }: Bounds, taken: readonly number[]): string {
  const last = taken.findLastIndex((choice) => choice > 0);
  return `${adversities}+${preemptions ?? 'any'}/${taken.slice(0, last + 1).join('.')}`;
}

export interface Seed {
  readonly bounds: Pick<Bounds, 'adversities' | 'preemptions'>;
  readonly script: readonly number[];
}

/** @throws Error where `text` is no seed. */
export function fromSeed(text: string): Seed {
  const match = /^(\d+)\+(\d+|any)\/((?:\d+(?:\.\d+)*)?)$/.exec(text);
  if (!match) throw new Error("a seed looks like '2+any/0.0.3', as a finding tells it");
  const [, adversities, preemptions, script] = match;
  return {
    bounds: { adversities: Number(adversities), ...(preemptions !== 'any' && { preemptions: Number(preemptions) }) },
    script: script ? script.split('.').map(Number) : [],
  };
}
