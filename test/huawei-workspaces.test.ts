/** Huawei's two kinds and its two ways of proving who asks, against the simulator over the real HTTP line. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Cloud } from '../activities/cloud.js';
import { openLine } from '../activities/http/line.js';
import type { Kind, Sighting } from '../activities/kind.js';
import { ProviderError } from '../activities/provider-error.js';
import { dataArtsFabricWorkspace } from '../activities/providers/huawei/dataarts-fabric-workspace.js';
import { dataArtsStudioWorkspace } from '../activities/providers/huawei/dataarts-studio-workspace.js';
import { huawei } from '../activities/providers/huawei/provider.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/start.js';
import { scriptedCloud } from './support/scripted-cloud.js';

const studio = dataArtsStudioWorkspace;
const fabric = dataArtsFabricWorkspace;
const studioSpec = { name: 'sales', eps_id: '0', description: 'for sales [marker]' };
const fabricSpec = { name: 'sales-fabric', description: 'for sales [marker]' };

type Form = 'keys' | 'password';

async function start(form: Form = 'keys', options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return { simulator, cloud: connect(simulator, form) };
}

function connect(simulator: Simulator, form: Form, changes: Readonly<Record<string, string>> = {}): Cloud {
  const { huawei: account } = simulator.credentials;
  const { accessKey, secretKey, securityToken, userName, password, domainName } = account;
  const keys = { accessKey, secretKey, ...(securityToken && { securityToken }) };
  const credentials = { ...(form === 'keys' ? keys : { userName, password, domainName }), ...changes };
  huawei.credentials.parse(credentials);
  const line = openLine(
    {
      name: 'huawei-test',
      provider: 'huawei',
      endpoint: simulator.endpoint,
      scope: { projectId: account.projectId, instanceId: account.instanceId },
      simulator: true,
      limits: { workers: 1, requestsPerMinute: 10_000 },
      secretNames: [],
      readCredentials: () => credentials,
      readSecret: () => '',
    },
    huawei,
  );
  onTestFinished(() => line.close());
  return line.cloud({ userAgent: 'temporal-provisioner/test', urgent: false });
}

async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error;
  throw new Error('the call did not fail', { cause: error });
}

async function only<S extends object>(kind: Kind<S>, cloud: Cloud, spec: S): Promise<Sighting> {
  const [one, ...more] = await kind.find(cloud, { spec });
  if (!one || more.length > 0) throw new Error(`found ${one ? 1 + more.length : 0}`);
  return one;
}

async function listed(kind: Kind<never>, cloud: Cloud): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of kind.list(cloud)) names.push(name);
  return names;
}

test.each(['keys', 'password'] as const)(
  'a Studio workspace is made, found by name, and deleted, with %s',
  async (form) => {
    const { simulator, cloud } = await start(form);
    const created = await studio.create(cloud, studioSpec);
    expect(created.id).toBeUndefined();
    expect(created.requestId).toBeTruthy();
    const found = await only(studio, cloud, studioSpec);
    expect(found).toMatchObject({ name: 'sales', description: studioSpec.description, status: 'ready' });
    expect(Object.keys(found.outputs).sort()).toEqual(Object.keys(studio.outputs).sort());
    expect(found.createdAt).toBeGreaterThan(0);
    expect(await studio.find(cloud, { spec: { ...studioSpec, name: 'other' }, id: found.id })).toEqual([found]);
    expect(await listed(studio as unknown as Kind<never>, cloud)).toContain('default');
    expect((await studio.delete(cloud, found, studioSpec)).requestId).toBeTruthy();
    expect(await studio.find(cloud, { spec: studioSpec, id: found.id })).toEqual([]);
    expect(simulator.state().resources).toEqual([]);
  },
);

test.each(['keys', 'password'] as const)(
  'a Fabric workspace is made, shown at once, and deleted, with %s',
  async (form) => {
    const { simulator, cloud } = await start(form);
    const created = await fabric.create(cloud, { ...fabricSpec, tags: [{ key: 'team', value: 'a b' }] });
    expect(created.sighting).toMatchObject({
      id: created.id,
      name: 'sales-fabric',
      description: fabricSpec.description,
    });
    const found = await only(fabric, cloud, fabricSpec);
    expect(found.id).toBe(created.id);
    expect(Object.keys(found.outputs).sort()).toEqual(Object.keys(fabric.outputs).sort());
    expect(await listed(fabric as unknown as Kind<never>, cloud)).toEqual(['sales-fabric']);
    await fabric.delete(cloud, found, fabricSpec);
    expect(await fabric.find(cloud, { spec: fabricSpec, id: found.id })).toEqual([]);
    expect(simulator.state().resources).toEqual([]);
  },
);

test('temporary keys send and sign their security token', async () => {
  const { cloud } = await start('keys', { credentials: { huawei: { securityToken: 'temporary-token' } } });
  await fabric.create(cloud, fabricSpec);
  expect(await only(fabric, cloud, fabricSpec)).toMatchObject({ name: 'sales-fabric' });
});

test.each(['404', '00010003', '00010009'] as const)(
  'a Fabric workspace that is gone is not found as %s',
  async (spelling) => {
    const { cloud } = await start('keys', { settings: { fabricNotFound: spelling } });
    const { sighting } = await fabric.create(cloud, fabricSpec);
    if (!sighting) throw new Error('no sighting');
    await fabric.delete(cloud, sighting, fabricSpec);
    expect((await errorOf(fabric.delete(cloud, sighting, fabricSpec))).facts.type).toBe('NotFound');
  },
);

test.each(['bad-request', 'is-success-false', 'errors-array'] as const)(
  'a Studio workspace that is gone or taken is told from other refusals as %s',
  async (studioRefusals) => {
    const { cloud } = await start('keys', { settings: { studioRefusals } });
    await studio.create(cloud, studioSpec);
    const again = await errorOf(studio.create(cloud, studioSpec));
    expect(again.facts).toMatchObject({ type: 'AlreadyExists', duplicate: true });
    expect(again.facts.sent).toBe(studioRefusals === 'is-success-false' ? 'unknown' : 'refused');
    const found = await only(studio, cloud, studioSpec);
    await studio.delete(cloud, found, studioSpec);
    expect((await errorOf(studio.delete(cloud, found, studioSpec))).facts.type).toBe('NotFound');
  },
);

test('a duplicate name in Fabric is refused as a duplicate', async () => {
  const { cloud } = await start();
  await fabric.create(cloud, fabricSpec);
  const { facts } = await errorOf(fabric.create(cloud, fabricSpec));
  expect(facts).toMatchObject({ type: 'AlreadyExists', duplicate: true, sent: 'refused' });
});

test('an account with as many workspaces as it may have is at its limit', async () => {
  const { cloud } = await start('keys', { settings: { fabricQuota: 1 } });
  await fabric.create(cloud, fabricSpec);
  const { facts } = await errorOf(fabric.create(cloud, { name: 'another' }));
  expect(facts).toMatchObject({ type: 'ServiceLimitExceeded', retryable: false });
});

test('the default workspace of an instance is never deleted', async () => {
  const { simulator, cloud } = await start();
  const found = await only(studio, cloud, { name: 'default', eps_id: '0' });
  const { facts } = await errorOf(studio.delete(cloud, found, { name: 'default', eps_id: '0' }));
  expect(facts).toMatchObject({ type: 'InvalidRequest', sent: 'never' });
  expect(simulator.state().requests).not.toHaveProperty('BatchDeleteWorkspaces');
});

test('a workspace on the last of many pages is found, and the list is read once for all who ask', async () => {
  const { simulator, cloud } = await start();
  for (let i = 0; i < 120; i++) await studio.create(cloud, { name: `w-${i}`, eps_id: '0' });
  expect(await only(studio, cloud, { name: 'w-119', eps_id: '0' })).toMatchObject({ name: 'w-119' });
  expect(simulator.state().requests).toMatchObject({ ListManagerWorkSpaces: 2 });
  await Promise.all(Array.from({ length: 10 }, (_, i) => only(studio, cloud, { name: `w-${i}`, eps_id: '0' })));
  // The first asked at once; all others shared the next look-up.
  expect(simulator.state().requests).toMatchObject({ ListManagerWorkSpaces: 6 });
});

test('a token that the gateway no longer takes is renewed once and the call repeated', async () => {
  const { simulator, cloud } = await start('password');
  await studio.find(cloud, { spec: studioSpec });
  simulator.setFaults({ operation: 'CreateManagerWorkSpace', do: 'refuse', nth: 1, status: 401, code: 'APIG.0307' });
  await studio.create(cloud, studioSpec);
  expect(simulator.state().requests).toMatchObject({
    KeystoneCreateUserTokenByPassword: 2,
    CreateManagerWorkSpace: 2,
  });
});

test('a token is fetched once for many calls and again before it runs out', async () => {
  const { simulator, cloud } = await start('password', { settings: { huaweiTokenLifetimeMs: 60_000 } });
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const look = () => fabric.find(cloud, { spec: fabricSpec });
  await Promise.all([look(), look(), look()]);
  vi.advanceTimersByTime(53_000);
  await look();
  expect(simulator.state().requests).toMatchObject({ KeystoneCreateUserTokenByPassword: 1 });
  vi.advanceTimersByTime(2_000);
  await Promise.all([look(), look()]);
  expect(simulator.state().requests).toMatchObject({ KeystoneCreateUserTokenByPassword: 2 });
});

test.each([
  ['keys', { secretKey: 'not the secret key' }],
  ['password', { password: 'not the password' }],
] as const)('wrong %s are denied and never shown, and the third call is not even sent', async (form, wrong) => {
  const { simulator } = await start();
  const cloud = connect(simulator, form, wrong);
  for (let i = 0; i < 2; i++) {
    const error = await errorOf(fabric.create(cloud, fabricSpec));
    expect(error.facts).toMatchObject({ type: 'AccessDenied', retryable: false });
    expect(['never', 'refused']).toContain(error.facts.sent);
    expect(error.message).not.toMatch(/not the|canonical/i);
  }
  const before = simulator.state().requests;
  expect((await errorOf(fabric.create(cloud, fabricSpec))).message).toContain('paused until');
  expect(simulator.state().requests).toEqual(before);
});

test.each([
  ['cut-after', 'NetworkFailure'],
  ['fail-after', 'ServiceInternalError'],
] as const)('a create whose answer is lost by %s may have taken effect', async (action, type) => {
  const { simulator, cloud } = await start();
  simulator.setFaults({ operation: 'CreateWorkspace', do: action, nth: 1 });
  expect((await errorOf(fabric.create(cloud, fabricSpec))).facts).toMatchObject({
    type,
    sent: 'unknown',
    retryable: true,
  });
  expect(await only(fabric, cloud, fabricSpec)).toMatchObject({ name: 'sales-fabric' });
});

test('a list that ends before its own count is no proof that nothing is there', async () => {
  const account = {
    provider: huawei,
    credentials: { accessKey: 'a', secretKey: 's' },
    scope: { projectId: 'p', instanceId: 'i' },
  };
  const bodies = [
    { count: 5, total_page: 1, data: [] },
    { is_success: true },
    '<html>',
    { count: 1, data: [{ name: 'x' }] },
  ];
  for (const body of bodies) {
    const { cloud } = await scriptedCloud(account, () => ({ body }));
    expect((await errorOf(studio.find(cloud, { spec: studioSpec }))).facts).toMatchObject({
      sent: 'never',
      retryable: true,
    });
  }
});

test('specs are checked by every documented field, length and pattern', () => {
  const good = studio.spec.safeParse({
    ...studioSpec,
    job_log_location_name: 'obs://xxx/ccc/',
    bad_record_location_name: 'obs://a/',
  });
  expect(good.success).toBe(true);
  for (const bad of [
    { name: 'has space' },
    { name: 'x'.repeat(33) },
    { eps_id: '' },
    { job_log_location_name: 's3://x' },
    { mode: 1 },
  ]) {
    expect(studio.spec.safeParse({ ...studioSpec, ...bad }).success).toBe(false);
  }
  expect(fabric.spec.safeParse({ name: 'fabric', metastore_id: 'a'.repeat(32), tags: [{ key: 'k' }] }).success).toBe(
    true,
  );
  for (const bad of [
    { name: 'abc' },
    { name: 'under_score' },
    { description: 'x'.repeat(256) },
    { metastore_id: 'short' },
    { tags: [{ key: '' }] },
    { tags: [{ key: 'a', value: '#' }] },
  ]) {
    expect(fabric.spec.safeParse({ ...fabricSpec, ...bad }).success).toBe(false);
  }
});

test('credentials are exactly one of the two documented forms', () => {
  const keys = { accessKey: 'a', secretKey: 's' };
  const user = { userName: 'u', password: 'p', domainName: 'd' };
  for (const good of [keys, { ...keys, securityToken: 't' }, user])
    expect(huawei.credentials.safeParse(good).success).toBe(true);
  for (const bad of [
    {},
    { accessKey: 'a' },
    { ...keys, ...user },
    { ...user, password: '' },
    { ...keys, extra: 'x' },
  ]) {
    const read = huawei.credentials.safeParse(bad);
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error)).not.toContain('"s"');
  }
});
