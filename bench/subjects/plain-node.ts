/** An async function in a Node process: what durability costs is measured against it. */
import { startProgram } from '../stage.js';
import type { Subject } from '../subject.js';
import { openByMessages } from './by-messages.js';

export const PLAIN: Subject = {
  name: 'plain',
  title: 'plain Node, no durability',
  open: ({ simulator }) =>
    openByMessages({
      startWorker: () =>
        startProgram(['.cache/bench/bench/programs/plain-worker.js'], {
          BENCH_SIMULATOR: JSON.stringify(simulator.description),
        }),
      afterKill: 'lost',
      servers: () => [],
      close: async () => undefined,
    }),
};
