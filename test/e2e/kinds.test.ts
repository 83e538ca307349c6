import { expect, test } from 'vitest';
import { aiWorkspace, fabric, project, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();

test.each([
  ['a DataArts Studio workspace', studio()],
  ['a DataArts Fabric workspace', fabric()],
  ['an AI workspace', aiWorkspace()],
  ['a DataWorks workflow', workflow()],
  ['a DataWorks project', project()],
])('%s alone is created and its id comes back as a string', async (_what, resource) => {
  const plan = { name: rig.planName(), resources: { it: resource } };
  const run = await rig.start(plan);
  const result = await run.result();
  const [made] = rig.simulator.state().resources;
  expect(rig.alive()).toHaveLength(1);
  expect(result).toMatchObject({ it: { id: made?.id } });
  expect(typeof result.it?.id).toBe('string');
  expect(made?.kind).toBe(resource.kind);
});
