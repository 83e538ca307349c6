/** The DataWorks workspace kind over real sockets: states, ids of both names, blocked names. */
import { expect, onTestFinished, test } from 'vitest';
import type { Cloud } from '../activities/cloud.js';
import type { Sighting } from '../activities/kind.js';
import { alibabaDataworksProject as kind } from '../activities/providers/alibaba/dataworks-project.js';
import { alibaba } from '../activities/providers/alibaba/provider.js';
import type { SimulatorSettings } from '../simulator/settings.js';
import { type Simulator, startSimulator } from '../simulator/start.js';
import { connect, scriptedCloud } from './support/scripted-cloud.js';

const account = { provider: alibaba, credentials: { accessKeyId: 'AK', accessKeySecret: 'SK-of-the-test' } };

const spec = {
  Name: 'sora_finance',
  DisplayName: 'Sora',
  Description: 'mine [marker]',
  DevEnvironmentEnabled: false,
  AliyunResourceTags: [{ Key: 'env', Value: 'test' }],
};

async function simulated(settings: Partial<SimulatorSettings> = {}): Promise<{ simulator: Simulator; cloud: Cloud }> {
  const simulator = await startSimulator({ settings });
  onTestFinished(() => simulator.close());
  const { accessKeyId, accessKeySecret } = simulator.credentials.alibaba;
  return {
    simulator,
    cloud: connect({ provider: alibaba, credentials: { accessKeyId, accessKeySecret } }, simulator.endpoint),
  };
}

function sightingOf(id: string): Sighting {
  return { id, name: spec.Name, description: undefined, status: 'ready', outputs: {} };
}

test('a workspace is created, waited for, found by name and id, and deleted', async () => {
  const { simulator, cloud } = await simulated({ projectInitializingMs: 60_000 });
  const { id = '' } = await kind.create(cloud, spec);
  expect(simulator.state().resources).toMatchObject([{ id, name: spec.Name, description: 'mine [marker]' }]);
  expect(await kind.find(cloud, { spec })).toMatchObject([{ id, status: 'pending', description: 'mine [marker]' }]);
  simulator.changeSettings({ clockOffsetMs: 61_000 });
  const [ready] = await kind.find(cloud, { spec: { ...spec, Name: 'other' }, id });
  expect(ready).toMatchObject({ id, status: 'ready', outputs: { Name: 'sora_finance', DisplayName: 'Sora' } });
  await kind.delete(cloud, sightingOf(id), spec);
  expect(simulator.state().resources).toEqual([]);
  expect(await kind.find(cloud, { spec, id })).toEqual([]);
});

test('tags and flags travel in the form as the documentation types them', async () => {
  const { cloud, asked } = await scriptedCloud(account, () => ({ body: '{"RequestId":"R","Id":4634978808809541234}' }));
  expect(await kind.create(cloud, spec)).toEqual({ id: '4634978808809541234', requestId: 'req-1' });
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
    Name: 'sora_finance',
    DisplayName: 'Sora',
    Description: 'mine [marker]',
    DevEnvironmentEnabled: 'false',
    AliyunResourceTags: '[{"Key":"env","Value":"test"}]',
  });
});

test('an answer with only the deprecated ProjectId gives the id all the same', async () => {
  const { cloud } = await scriptedCloud(account, () => ({ body: '{"RequestId":"R","ProjectId":4634978808809541234}' }));
  expect((await kind.create(cloud, spec)).id).toBe('4634978808809541234');
});

test.each([
  ['Available', 'ready'],
  ['Initializing', 'pending'],
  ['Updating', 'pending'],
  ['InitFailed', 'failed'],
  ['UpdateFailed', 'failed'],
  ['Forbidden', 'failed'],
  ['Frozen', 'failed'],
  ['DeleteFailed', 'failed'],
  ['Deleting', 'deleting'],
  ['SomethingNew', 'pending'],
] as const)('a workspace that is %s counts as %s', async (Status, status) => {
  const Projects = [{ Id: 4634978808809541, Name: spec.Name, Status }];
  const { cloud, asked } = await scriptedCloud(account, () => ({
    body: { RequestId: 'R', PagingInfo: { TotalCount: 1, Projects } },
  }));
  expect(await kind.find(cloud, { spec })).toMatchObject([{ id: '4634978808809541', status }]);
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({ Names: '["sora_finance"]' });
});

test('a taken name is a duplicate that was definitely refused', async () => {
  const { cloud } = await simulated();
  await kind.create(cloud, spec);
  await expect(kind.create(cloud, spec)).rejects.toMatchObject({
    facts: { type: 'AlreadyExists', duplicate: true, sent: 'refused' },
  });
});

test('deleting a workspace that is gone says not found', async () => {
  const { cloud } = await simulated();
  await expect(kind.delete(cloud, sightingOf('4634978808809541234'), spec)).rejects.toMatchObject({
    facts: { type: 'NotFound', code: '1101080008' },
  });
});

test('the dry run can say that the name stays blocked for 14 days', () => {
  expect(kind.irreversible).toContain('14 days');
});

test('the sweep sees every workspace of the account over all pages', async () => {
  const { simulator, cloud } = await simulated();
  const before: string[] = [];
  for await (const { name } of kind.list(cloud)) before.push(name);
  for (let index = 0; index < 120; index++) {
    simulator.resources.plant({ kind: 'alibaba.dataworks.project', name: `team_${index}` });
  }
  let seen = 0;
  for await (const { name } of kind.list(cloud)) seen += name.startsWith('team_') ? 1 : 0;
  expect(seen).toBe(120);
  expect(before.some((name) => name.startsWith('team_'))).toBe(false);
});
