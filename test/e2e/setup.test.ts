/** `setup` where it may do less than everything, and what the configuration file tells every command. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { SEARCH_ATTRIBUTES, workflowIdOf } from '../../contract/names.js';
import { checkSearchAttributes } from '../../worker/search-attributes.js';
import { connectToTemporal, loadTemporalOptions } from '../../worker/temporal-connection.js';
import { runCli } from '../cli-process.js';
import { type DenyingProxy, startDenyingProxy } from '../support/denying-proxy.js';
import { aiWorkspace } from '../support/resources.js';
import { useRig } from '../support/rig.js';

const rig = useRig();
const folder = mkdtempSync(join(tmpdir(), 'setup-'));
const BARE = `bare-${process.pid}`;

/** As in Temporal Cloud: attributes can be used, not listed or created. */
let cloud: DenyingProxy;
/** Nor may they be queried. */
let strict: DenyingProxy;
beforeAll(async () => {
  const address = inject('temporalAddress');
  cloud = await startDenyingProxy(address, ['OperatorService']);
  strict = await startDenyingProxy(address, ['OperatorService', 'CountWorkflowExecutions']);
  const connection = await connectToTemporal(loadTemporalOptions({}, { address }));
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace: BARE, workflowExecutionRetentionPeriod });
  // The server's own cache learns of a namespace within some seconds.
  const known = () => connection.workflowService.countWorkflowExecutions({ namespace: BARE });
  while (!(await known().catch(() => undefined))) await sleep(100);
  await connection.close();
}, 60_000);
afterAll(async () => {
  await Promise.all([cloud.close(), strict.close()]);
});

function config(parts: object): string {
  const file = join(mkdtempSync(join(folder, 'config-')), 'provisioner.config.yaml');
  writeFileSync(file, JSON.stringify(parts));
  return file;
}

const setup = (address: string, ...more: string[]) => runCli(['setup', '--address', address, ...more]);
const sweepOf = (queue: string) => ['--sweep', '1h', '--task-queue', queue];

describe('setup on a server that lets nobody list or create search attributes', () => {
  test('finds by a query that all are there, and goes on to the schedule', async () => {
    const end = await setup(cloud.address, ...sweepOf('setup-cloud'));
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/^Namespace default has all search attributes\.\nSweeps every 60 min/);
  });

  test('names with its type each one that is missing, and who creates it', async () => {
    const end = await setup(cloud.address, '--namespace', BARE, ...sweepOf('setup-bare'));
    expect(end).toMatchObject({ code: 4, stdout: '' });
    for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(end.stderr).toContain(`${name} (`);
    expect(end.stderr).toMatch(/Namespace \S+ lacks search attributes.*ProvisionerPlan \(Keyword\).* in its console/);
  });

  test('says so where not even a query tells, and goes on to the schedule', async () => {
    const end = await setup(strict.address, ...sweepOf('setup-strict'), '--json');
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ searchAttributes: 'unknown', sweep: { everyMs: 3_600_000 } });
    expect((await setup(strict.address)).stdout).toMatch(
      /does not tell which search attributes default has: it needs /,
    );
  });

  test('a worker there starts where all exist, and refuses to where one is missing', async () => {
    const connection = await connectToTemporal(loadTemporalOptions({}, { address: cloud.address }));
    const logger = new DefaultLogger('ERROR');
    await expect(checkSearchAttributes(connection, 'default', logger)).resolves.toBeUndefined();
    const refusal = checkSearchAttributes(connection, BARE, logger);
    await expect(refusal).rejects.toThrow(/lacks the search attributes ProvisionerPlan/);
    await connection.close();
  });
});

describe('the configuration file', () => {
  test('that turns search attributes off is not asked to have them made', async () => {
    const file = config({ searchAttributes: false, taskQueue: 'setup-off' });
    const end = await setup(cloud.address, '--namespace', BARE, '--config', file, '--sweep', '1h', '--json');
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({
      created: [],
      sweep: { schedule: 'created' },
    });
    const said = await setup(cloud.address, '--namespace', BARE, '--config', file);
    expect(said.stdout).toBe('Search attributes are turned off by the configuration.\n');
  });

  test('names the queue for every command that starts work', async () => {
    const plan = { name: rig.planName(), resources: { ai: aiWorkspace() } };
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    rig.track(workflowIdOf(plan.name));
    const at = ['--address', inject('temporalAddress'), '--config', config({ taskQueue: rig.taskQueue })];
    const ends = [];
    for (const command of [
      ['provision', file],
      ['verify', plan.name],
      ['sweep'],
      ['deprovision', plan.name, '--why', 'over'],
    ])
      ends.push((await runCli([...command, ...at])).code);
    expect(ends).toEqual([0, 0, 0, 0]);
  }, 60_000);

  test('with a mistake in what a command reads of it is refused', async () => {
    const wrong = config({ taskQueue: 7, searchAttributes: 'no' });
    const end = await runCli(['list', '--address', inject('temporalAddress'), '--config', wrong]);
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(/taskQueue: must be text[\s\S]*searchAttributes: must be true or false/);
  });
});
