/** What a plan costs in Temporal Cloud's actions: counted from its history, and by a server's own metric of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { totalActions } from '../support/count-actions.js';
import { aiWorkspace, studio, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';

let server: EmbeddedServer;
let metrics: string;

beforeAll(async () => {
  const port = await freePort();
  metrics = `http://127.0.0.1:${port}/metrics`;
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs: ['--metrics-port', String(port)] });
});
afterAll(() => server.stop());

const rig = useRig({ address: () => server.address });

/** Of namespace `default`, by type. */
async function actionsOfServer(): Promise<Readonly<Record<string, number>>> {
  const lines = (await (await fetch(metrics)).text()).split('\n').filter((line) => line.startsWith('action{'));
  const counts: Record<string, number> = {};
  for (const line of lines.filter((each) => each.includes('namespace="default"'))) {
    const type = /action_type="([^"]+)"/.exec(line)?.[1] ?? line;
    counts[type] = (counts[type] ?? 0) + Number(line.split(' ').at(-1));
  }
  return counts;
}

test('the actions of a plan counted from its history are those that the server counted', async () => {
  const before = await actionsOfServer();
  const resources = { studio: studio(), ai: aiWorkspace(), flow: workflow('flow_a', { dependsOn: ['studio', 'ai'] }) };
  const run = await rig.start({ name: rig.planName(), resources });
  await run.result();
  const { events } = await run.fetchHistory();
  const counted = async () => {
    const after = Object.entries(await actionsOfServer());
    return after.reduce((all, [type, count]) => all + count - (before[type] ?? 0), 0);
  };
  // Metrics are written behind.
  await expect.poll(counted, { timeout: 20_000 }).toBe(totalActions(events ?? []));
});
