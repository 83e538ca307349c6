/** The saga without durability: an async function with a catch, in a process that answers the harness by messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudCalls, isFinal, openCloudCalls } from '../cloud-calls.js';
import type { Saga } from '../sagas.js';
import { setting } from './setting.js';

const calls = openCloudCalls(JSON.parse(setting('BENCH_SIMULATOR')));
const MAX_TRIES = 5;
const PAUSE_MS = 200;
const cancels = new Map<string, AbortController>();

/** As anybody would write it: a few more tries where they may help. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || isFinal(error)) throw error;
      await sleep(PAUSE_MS * tries);
    }
  }
}

async function run({ workspace, workflow }: CloudCalls, name: string, signal: AbortSignal): Promise<void> {
  const compensations: (() => Promise<void>)[] = [];
  try {
    compensations.unshift(() => retried(() => workspace.remove(name)));
    await retried(() => workspace.create(name));
    signal.throwIfAborted();
    compensations.unshift(() => retried(() => workflow.remove(name)));
    await retried(() => workflow.create(name));
    signal.throwIfAborted();
  } catch (error) {
    for (const compensate of compensations) await compensate();
    throw error;
  }
}

process.on('message', (message: { readonly do: 'start' | 'cancel'; readonly saga: Saga }) => {
  const { name } = message.saga;
  if (message.do === 'cancel') {
    cancels.get(name)?.abort();
    process.send?.({ name, accepted: 'cancel' });
    return;
  }
  process.send?.({ name, accepted: 'start' });
  const controller = new AbortController();
  cancels.set(name, controller);
  const tell = (ending: 'done' | 'undone') => {
    cancels.delete(name);
    process.send?.({ name, ending });
  };
  void run(calls, name, controller.signal).then(
    () => tell('done'),
    () => tell('undone'),
  );
});
process.send?.({ ready: true });
