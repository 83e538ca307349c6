/** Workers that live and end as one: when the main one ends, or any of them fails, the others are shut down too. */
import type { Worker } from '@temporalio/worker';

export async function runTogether(
  companions: readonly Worker[],
  main: Promise<void>,
  stopMain: () => void,
): Promise<void> {
  const stop = () => {
    for (const companion of companions) if (companion.getState() === 'RUNNING') companion.shutdown();
  };
  const runs = companions.map(async (companion) => {
    try {
      await companion.run();
    } catch (error) {
      stopMain();
      throw error;
    }
  });
  const all = [main.finally(stop), ...runs];
  const ended = await Promise.allSettled(all);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
