import { expect, test } from 'vitest';
import { aiWorkspace, fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

test('a saga of two steps takes at most 21 events and 4 workflow tasks', async () => {
  const run = await rig.start({
    name: rig.planName(),
    resources: { fabric: fabric(), ai: aiWorkspace('ai-ws', { dependsOn: ['fabric'] }) },
  });
  await run.result();
  const { events = [] } = await run.fetchHistory();
  const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
  process.stdout.write(`two-step saga: ${events?.length} events, ${tasks.length} workflow tasks\n`);
  expect(events?.length).toBeLessThanOrEqual(21);
  expect(tasks.length).toBeLessThanOrEqual(4);
});
