/**
 * The saga on Restate, as its guide to sagas writes it: every step a journalled action, its undo registered before it,
 * undone on a terminal error. A cancel arrives as one at the next step. Runs from here, where the peers' packages are.
 */
import * as restate from '@restatedev/restate-sdk';
import { isFinal, openCloudCalls } from '../../.cache/bench/bench/cloud-calls.js';

const calls = openCloudCalls(JSON.parse(process.env.BENCH_SIMULATOR));

/** What no retry changes is a terminal error. */
async function orFail(work) {
  try {
    return await work;
  } catch (error) {
    if (isFinal(error)) throw new restate.TerminalError(error.message);
    throw error;
  }
}

const saga = restate.workflow({
  name: 'Saga',
  handlers: {
    run: async (ctx, { name }) => {
      const compensations = [];
      try {
        compensations.push(() => ctx.run('remove workspace', () => calls.workspace.remove(name)));
        await ctx.run('create workspace', () => orFail(calls.workspace.create(name)));
        compensations.push(() => ctx.run('remove workflow', () => calls.workflow.remove(name)));
        await ctx.run('create workflow', () => orFail(calls.workflow.create(name)));
      } catch (error) {
        if (error instanceof restate.TerminalError)
          for (const compensate of compensations.reverse()) await compensate();
        throw error;
      }
    },
  },
});

await restate.serve({ services: [saga], port: Number(process.env.BENCH_PORT) });
process.send?.({ ready: true });
