/** The list of workflows: what its filters find, and what its columns tell. */
import { expect, inject, test } from 'vitest';
import { usePage } from '../support/browser.js';
import { outcomeOf } from '../support/closing.js';
import { fabric } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const ui = usePage();

test('filtered by a plan shows its run and no other', async () => {
  const [wanted, other] = [rig.planName(), rig.planName()];
  const runs = await Promise.all(
    [wanted, other].map((name, i) => rig.start({ name, resources: { base: fabric(`list-ws-${i}`) } })),
  );
  await Promise.all(runs.map(outcomeOf));
  const query = encodeURIComponent(`ProvisionerPlan = '${wanted}'`);
  await ui.page.goto(`${inject('temporalUiUrl')}/namespaces/default/workflows?query=${query}`);
  await ui.page
    .getByRole('link', { name: `provision-${wanted}` })
    .first()
    .waitFor();
  expect(await ui.page.getByText(`provision-${other}`).count()).toBe(0);
});
