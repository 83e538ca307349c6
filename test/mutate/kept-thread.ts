/**
 * One test thread for all mutants. A new one for each would spend most of its life loading the SDK; in this one the
 * modules of this repository are evaluated anew for every run, and only those of node_modules stay.
 */
import { type PoolOptions, type PoolWorker, ThreadsPoolWorker } from 'vitest/node';

type Request = Parameters<PoolWorker['send']>[0];
type Listener = Parameters<PoolWorker['on']>[1];

let kept: ThreadsPoolWorker | undefined;

export async function endKeptThread(): Promise<void> {
  const thread = kept;
  kept = undefined;
  await thread?.stop();
}

/** Looks like a thread of its own to whoever starts and stops it. */
export class KeptThread implements PoolWorker {
  readonly name = 'threads';
  private readonly listeners: (readonly [event: string, listener: Listener])[] = [];
  private running = false;

  constructor(private readonly options: PoolOptions) {}

  async start(): Promise<void> {
    if (kept) return;
    const thread = new ThreadsPoolWorker(this.options);
    await thread.start();
    thread.on('exit', () => {
      if (kept === thread) kept = undefined;
    });
    kept = thread;
  }

  async stop(): Promise<void> {
    for (const [event, listener] of this.listeners.splice(0)) kept?.off(event, listener);
    // Whatever hangs in there would hang the next run.
    if (this.running) await endKeptThread();
  }

  send(message: Request): void {
    if (message.type === 'stop') {
      const stopped = { type: 'stopped', __vitest_worker_response__: true };
      for (const [event, listener] of [...this.listeners]) if (event === 'message') listener(stopped);
      return;
    }
    if (message.type === 'run') this.running = true;
    kept?.send(message);
  }

  on(event: string, listener: Listener): void {
    const heard: Listener = (message) => {
      if ((message as { readonly type?: string } | undefined)?.type === 'testfileFinished') this.running = false;
      listener(message);
    };
    this.listeners.push([event, heard]);
    kept?.on(event, heard);
  }

  /** Of all of an event: whoever stops listening to a thread does so for good. */
  off(event: string, _listener: Listener): void {
    for (const [each, heard] of this.listeners) if (each === event) kept?.off(event, heard);
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}
