/** The lines of simulator/README.md, as a test of somebody's own would have them. */
import { expect, test } from 'vitest';
import { startSimulator } from '../../testing/index.js';

test('a simulator in a test takes settings and faults, and shows what is alive', async () => {
  const simulator = await startSimulator({ settings: { alibabaDuplicates: 'accepted' } });
  simulator.setFaults({ operation: 'CreateManagerWorkSpace', nth: 1, do: 'cut-after' });
  // … work against simulator.endpoint with simulator.credentials …
  const alive = simulator.state().resources;
  await simulator.close();
  expect(alive).toEqual([]);
});
