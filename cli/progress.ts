/**
 * The two ways to show progress: on a terminal a line for each step that changes in place, elsewhere one plain line for
 * each change of state, so that a log reads like a story. Nothing at all with --json.
 */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Ledger, LedgerStep, StepState } from '../contract/ledger.js';
import { causeText, colorOf } from './ledger-table.js';
import { printable } from './printable.js';
import type { ProgressView } from './watch.js';

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
}

const SPINNING: readonly StepState[] = ['creating', 'deleting', 'uncertain'];
const SIGNS: Readonly<Record<StepState, string>> = {
  planned: '·',
  creating: '+',
  live: '✓',
  refused: '✗',
  uncertain: '?',
  deleting: '-',
  deleted: '○',
  kept: '=',
  abandoned: '!',
};

const SIMULATOR = 'On the simulator: nothing real is touched';

/** Redraws often enough for the elapsed seconds to count up. */
const REDRAW_MS = 100;

export function chooseView(options: ProgressOptions): ProgressView {
  const { isTTY, columns } = options.stream;
  // A dumb terminal (CI, Emacs) cannot move its cursor, and one of no width has no room for a line.
  return isTTY && columns > 0 && process.env.TERM !== 'dumb' ? new LiveView(options) : new PlainView(options);
}

/** Shows nothing: for --json. */
export class SilentView implements ProgressView {
  update(): void {}
  simulator(): void {}
  waiting(): void {}
  close(): void {}
}

/** When each step took its present state, as this watcher saw it. */
class Clock {
  readonly #since = new Map<string, { readonly state: StepState; readonly at: number }>();

  /** Steps whose state is new to this watcher. */
  changed(ledger: Ledger): [string, LedgerStep][] {
    return Object.entries(ledger.steps).filter(([key, { state }]) => {
      if (this.#since.get(key)?.state === state) return false;
      this.#since.set(key, { state, at: performance.now() });
      return true;
    });
  }

  seconds(key: string): string {
    const at = this.#since.get(key)?.at ?? performance.now();
    return `${((performance.now() - at) / 1000).toFixed(1)} s`;
  }
}

class PlainView implements ProgressView {
  readonly #options: ProgressOptions;
  readonly #clock = new Clock();
  readonly #told = new Set<string>();
  #waiting: string | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  update(ledger: Ledger): void {
    for (const [key, step] of this.#clock.changed(ledger)) {
      if (step.state !== 'planned') this.#write(`${key}: ${step.state}${idText(step)}`);
    }
    for (const [key, step] of Object.entries(ledger.steps)) {
      for (const note of notes(step)) {
        if (this.#told.has(`${key} ${note}`)) continue;
        this.#told.add(`${key} ${note}`);
        this.#write(`${key}: ${note}`);
      }
    }
  }

  simulator(): void {
    this.#write(SIMULATOR);
  }

  waiting(reason: string | undefined): void {
    if (reason !== undefined && reason !== this.#waiting) this.#write(reason);
    this.#waiting = reason;
  }

  close(): void {}

  #write(text: string): void {
    this.#options.stream.write(`${text}\n`);
  }
}

class LiveView implements ProgressView {
  readonly #clock = new Clock();
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;
  #ledger: Ledger | undefined;
  #simulator = false;
  #waiting: string | undefined;

  constructor(options: ProgressOptions) {
    this.#log = createLogUpdate(options.stream);
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  update(ledger: Ledger): void {
    this.#clock.changed(ledger);
    this.#ledger = ledger;
    this.#draw();
  }

  simulator(): void {
    this.#simulator = true;
  }

  waiting(reason: string | undefined): void {
    this.#waiting = reason;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#waiting = undefined;
    this.#draw();
    this.#log.done();
  }

  #draw(): void {
    const steps = Object.entries(this.#ledger?.steps ?? {});
    const width = Math.max(0, ...steps.map(([key]) => key.length));
    const lines = steps.flatMap(([key, step]) => {
      const paint = colorOf(step.state);
      const elapsed = SPINNING.includes(step.state) ? pc.dim(` ${this.#clock.seconds(key)}`) : '';
      const line = `${paint(SIGNS[step.state])} ${key.padEnd(width)}  ${paint(step.state)}${elapsed}${idText(step)}`;
      return [line, ...notes(step).map((note) => `  ${' '.repeat(width)}  ${note}`)];
    });
    if (this.#simulator && steps.length > 0) lines.unshift(pc.dim(SIMULATOR));
    if (this.#waiting) lines.push(pc.yellow(this.#waiting));
    this.#log(lines.join('\n'));
  }
}

function idText({ id, adopted }: LedgerStep): string {
  return `${id === undefined ? '' : ` ${printable(id)}`}${adopted ? ' (adopted)' : ''}`;
}

function notes({ attention, cause }: LedgerStep): string[] {
  return [
    ...(cause ? [`failed: ${causeText(cause)}`] : []),
    ...(attention ? [`needs an operator: ${printable(attention.reason)}`] : []),
  ];
}
