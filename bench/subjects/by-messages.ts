/**
 * What runs sagas in one worker process that is spoken to by messages: plain Node, and DBOS. What a killed worker did not
 * acknowledge is said again to the next one, as any client would.
 */
import type { ChildProcess } from 'node:child_process';
import type { Ending, Saga } from '../sagas.js';
import { endProgram } from '../stage.js';
import type { OpenSubject } from '../subject.js';

interface Told {
  readonly ready?: true;
  readonly name?: string;
  readonly accepted?: 'start' | 'cancel';
  readonly ending?: Ending;
}

export interface ByMessages {
  readonly startWorker: () => ChildProcess;
  /** What a kill means for those under way: nobody knows of them, or they are asked for again. */
  readonly afterKill: 'lost' | 'await';
  readonly servers: () => readonly number[];
  close(): Promise<void>;
}

export async function openByMessages(setup: ByMessages): Promise<OpenSubject> {
  const desk = new Desk(setup);
  await desk.ready();
  return {
    start: (saga) => desk.start(saga),
    ending: (saga) => desk.ending(saga),
    cancel: (saga) => desk.cancel(saga),
    pids: () => ({ workers: desk.pids(), servers: setup.servers() }),
    killWorker: () => desk.killWorker(),
    close: async () => {
      await desk.end();
      await setup.close();
    },
  };
}

/** One saga as this side knows it. */
class Known {
  accepted = false;
  cancelling = false;
  over = false;
  readonly begun: Promise<void>;
  readonly ending: Promise<Ending>;
  begin: () => void = () => undefined;
  end: (ending: Ending) => void = () => undefined;

  constructor(readonly saga: Saga) {
    this.begun = new Promise((resolve) => {
      this.begin = resolve;
    });
    this.ending = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

class Desk {
  private readonly known = new Map<string, Known>();
  private worker: ChildProcess;
  private starting: Promise<void>;

  constructor(private readonly setup: ByMessages) {
    [this.worker, this.starting] = this.startWorker();
  }

  ready(): Promise<void> {
    return this.starting;
  }

  pids(): number[] {
    return [this.worker.pid as number];
  }

  async start(saga: Saga): Promise<void> {
    const known = new Known(saga);
    this.known.set(saga.name, known);
    await this.starting;
    if (!known.accepted) this.send('start', saga);
    await known.begun;
  }

  async ending({ name }: Saga): Promise<Ending> {
    return (await this.known.get(name)?.ending) ?? 'lost';
  }

  async cancel(saga: Saga): Promise<void> {
    const known = this.known.get(saga.name);
    if (known) known.cancelling = true;
    await this.starting;
    this.send('cancel', saga);
  }

  async killWorker(): Promise<void> {
    const hit = [...this.known.values()].filter(({ over }) => !over);
    const killed = this.worker;
    await endProgram(killed, 'SIGKILL');
    [this.worker, this.starting] = this.startWorker();
    if (this.setup.afterKill === 'lost') for (const { accepted, end } of hit) if (accepted) end('lost');
    await this.starting;
    for (const { saga, accepted, cancelling } of hit) {
      if (accepted && this.setup.afterKill === 'lost') continue;
      this.send(accepted ? 'await' : 'start', saga);
      if (cancelling) this.send('cancel', saga);
    }
  }

  async end(): Promise<void> {
    await endProgram(this.worker, 'SIGKILL');
  }

  private send(what: 'start' | 'await' | 'cancel', saga: Saga): void {
    // One that was killed just now hears nothing; what it did not acknowledge is said again.
    if (this.worker.connected) this.worker.send({ do: what, saga }, () => undefined);
  }

  private startWorker(): [ChildProcess, Promise<void>] {
    const worker = this.setup.startWorker();
    const ready = new Promise<void>((resolve, reject) => {
      worker.on('message', (told: Told) => {
        if (told.ready) resolve();
        else this.hear(told);
      });
      worker.once('exit', () => reject(new Error('a worker ended before it was ready: BENCH_VERBOSE=1 shows why')));
    });
    ready.catch(() => undefined);
    return [worker, ready];
  }

  private hear({ name = '', accepted, ending }: Told): void {
    const known = this.known.get(name);
    if (!known) return;
    if (accepted === 'start') {
      known.accepted = true;
      known.begin();
    }
    if (accepted === 'cancel') known.cancelling = false;
    if (ending) {
      known.over = true;
      known.end(ending);
    }
  }
}
