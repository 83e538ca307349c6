/**
 * The canary run: credentials of every provider that are known again anywhere, and everything that could tell one, searched; with
 * a key also what is behind it. One in a process, since it sets up the whole process's logs and metrics: a test file imports it.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Payload } from '@temporalio/common';
import { afterAll, expect, inject, test } from 'vitest';
import { decodePayloads } from '../../activities/owner/payloads.js';
import type { Plan } from '../../contract/plan.js';
import { isEncrypted } from '../../encryption/codec.js';
import { createEncryption } from '../../encryption/index.js';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { runCli } from '../cli-process.js';
import { asProtobufJson, asText, search } from './canaries.js';
import { outcomeOf } from './closing.js';
import { faultOn, untilMet } from './faults.js';
import { startRecordingProxy } from './recording-proxy.js';
import { resetTo, type TaskId, tasksOf } from './resets.js';
import { aiWorkspace, fabric, studio, workflow } from './resources.js';
import { logged, type ProvisionRun, useRig } from './rig.js';

/** With it payloads are encrypted: 32 bytes in hex. */
const KEY_VARIABLE = 'CANARY_PAYLOAD_KEY';
const key = process.env[KEY_VARIABLE];
const keys = { current: 'canary', keys: { canary: { env: KEY_VARIABLE } } };
const encryption = key === undefined ? undefined : createEncryption({ ...keys, plain: 'refuse' });

/** No secret: in a connection's name and in a cloud's words, so that it is in every place, or the search is blind there. */
const CONTROL = 'harmless-bird-5d1e';

const SECRET = 'canary9 "Q\\/&+=<é>-d41f08';
const huawei = {
  ...{
    accessKey: 'CANARYHUAWEIAK00001',
    secretKey: 'canary-huawei-secret-key',
    securityToken: 'canary/huawei+token==',
  },
  ...{ userName: 'canary-user', password: 'canary "pass" & w\\rd', domainName: 'canary-domain' },
};
const naver = { accessKey: 'CANARYNAVERAK000001', secretKey: 'canary-naver-secret-key' };
const alibaba = {
  ...{ accessKeyId: 'CANARYALIBABAAK0001', accessKeySecret: 'canary-alibaba-secret' },
  securityToken: 'canary/alibaba+token==',
};
/** In every plan: no secret, but what encryption is to hide. */
const COMMAND = 'zyzzyva --count';

const CANARIES = [SECRET, 'canary9', 'd41f08', ...[huawei, naver, alibaba].flatMap((keys) => Object.values(keys))];

const metricsPort = await freePort();
const proxy = await startRecordingProxy(() => rig.simulator.endpoint);
const by = <Key extends string>(keys: Readonly<Record<Key, string>>, ...names: Key[]) =>
  Object.fromEntries(names.map((name) => [name, () => keys[name]]));
const rig = useRig({
  ...(encryption && { encryption: () => encryption }),
  settings: { secrets: { hdfsPassword: () => SECRET } },
  simulator: { credentials: { huawei, naver, alibaba } },
  telemetry: {
    logging: { filter: { core: 'TRACE', other: 'DEBUG' }, forward: {} },
    metrics: { prometheus: { bindAddress: `127.0.0.1:${metricsPort}` } },
  },
  connections: ({ huawei: keyed, naver: forest, alibaba: works }) => {
    const over = { endpoint: proxy.endpoint };
    return {
      huawei: { ...keyed, ...over, credentials: by(huawei, 'accessKey', 'secretKey', 'securityToken') },
      [CONTROL]: { ...keyed, ...over, credentials: by(huawei, 'userName', 'password', 'domainName') },
      naver: { ...forest, ...over },
      alibaba: { ...works, ...over, credentials: by(alibaba, 'accessKeyId', 'accessKeySecret', 'securityToken') },
    } as never;
  },
});
afterAll(() => proxy.close());

let sagas = 0;

function saga() {
  sagas += 1;
  const names = { studio: `studio_${sagas}`, fabric: `fabric-${sagas}`, ai: `ai-${sagas}`, flow: `flow_${sagas}` };
  const docker = { image: 'tensorflow:r2.3.1-py3', command: COMMAND, env: { HDFS: { $secret: 'hdfsPassword' } } };
  const ai = { ...aiWorkspace(names.ai), spec: { name: names.ai, configuration: { docker } } };
  const resources: Plan['resources'] = {
    studio: studio(names.studio),
    fabric: fabric(names.fabric, { connection: CONTROL }),
    ai,
    flow: workflow(names.flow, { dependsOn: ['studio', 'fabric', 'ai'] }),
  };
  return { plan: { name: rig.planName(), resources }, names };
}

/** A cloud knows its own account's key besides what it was sent. */
const echo = (key: string) => `${CONTROL}: not allowed: ${key} ${encodeURIComponent(SECRET)} ${JSON.stringify(SECRET)}`;

/** What the server tells of open runs, again and again: heartbeat details and last failures are gone later. */
const glimpses: string[] = [];

async function watch(run: ProvisionRun): Promise<void> {
  for (;;) {
    const { raw, status } = await run.describe();
    if (raw.pendingActivities?.length) glimpses.push(asText(raw), asProtobufJson(raw));
    if (status.name !== 'RUNNING') return;
    await sleep(100);
  }
}

async function begin(plan: Plan): Promise<ProvisionRun> {
  const run = await rig.start(plan);
  watch(run).catch(() => undefined);
  return run;
}

const SAGAS: Readonly<Record<string, () => Promise<[ProvisionRun, string]>>> = {
  provisioned: async () => [await begin(saga().plan), 'Provisioned'],
  'rolled back': async () => {
    const { plan, names } = saga();
    rig.simulator.setFaults([
      faultOn(names.flow, {
        operation: 'CreateWorkflowDefinition',
        do: 'refuse',
        status: 400,
        message: echo(alibaba.accessKeySecret),
      }),
      faultOn(names.ai, { operation: 'aiworkspaces/delete', do: 'fail-before', message: echo(naver.secretKey) }),
    ]);
    return [await begin(plan), 'RolledBack'];
  },
  'tried again': async () => {
    const { plan, names } = saga();
    rig.simulator.setFaults([
      faultOn(names.studio, {
        operation: 'CreateManagerWorkSpace',
        do: 'fail-before',
        message: echo(huawei.secretKey),
      }),
      faultOn(names.fabric, { operation: 'CreateWorkspace', do: 'cut-after' }),
      faultOn(names.ai, {
        operation: 'aiworkspaces/create',
        do: 'fail-before',
        status: 500,
        message: echo(naver.secretKey),
      }),
      faultOn(names.flow, { operation: 'CreateWorkflowDefinition', do: 'throttle' }),
    ]);
    return [await begin(plan), 'Provisioned'];
  },
  cancelled: async () => {
    const { plan, names } = saga();
    const slow = faultOn(names.ai, { operation: 'aiworkspaces/create', do: 'slow', ms: 1500 });
    rig.simulator.setFaults(slow);
    const run = await begin(plan);
    await untilMet(rig, run, slow);
    await run.cancel();
    return [run, 'Cancelled'];
  },
  reset: async () => {
    const { plan } = saga();
    const { ai } = plan.resources;
    const run = await begin({ ...plan, resources: { ai: { ...ai, connection: 'naver' } as NonNullable<typeof ai> } });
    await outcomeOf(run);
    const again = await resetTo(rig, run, (await tasksOf(rig, run)).at(-1) as TaskId);
    return [again, 'Provisioned'];
  },
};

async function placesOf(runs: readonly ProvisionRun[]): Promise<Record<string, string>> {
  const places: Record<string, string[]> = {};
  const add = (place: string, ...texts: string[]) => {
    places[place] = [...(places[place] ?? []), ...texts];
  };
  for (const run of runs) {
    const history = await run.fetchHistory();
    add('history', asText(history), asProtobufJson(history));
    add('decrypted', asText(await openedIn(history)));
    // Status, memo, search attributes, user metadata.
    const { raw } = await run.describe();
    add('description', asText(raw), asProtobufJson(raw));
    add('ledger', asText(await rig.ledger(run)));
    add('metadata', asText(await run.query('__temporal_workflow_metadata')));
    const failure: unknown = await run.result().catch((error: unknown) => error);
    add('failures', inspect(failure, { depth: 12, maxStringLength: null }), asText(failure));
  }
  const query = `TaskQueue = '${rig.taskQueue}'`;
  for await (const { raw } of rig.client.workflow.list({ query })) add('visibility', asText(raw), asProtobufJson(raw));
  add('pending activities', ...glimpses);
  add('logs', ...logged.map(({ message, meta }) => `${message} ${inspect(meta, { depth: 8, maxStringLength: null })}`));
  add('metrics', await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());
  return Object.fromEntries(Object.entries(places).map(([place, texts]) => [place, texts.join('\n')]));
}

/** Everything in a history that a key opens. */
async function openedIn(value: unknown): Promise<unknown[]> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value) {
    return isEncrypted(value as Payload) ? await decodePayloads(rig.client, [value as Payload]) : [];
  }
  return (await Promise.all(Object.values(value).map(openedIn))).flat();
}

async function toldByCommands(plans: readonly Plan[]): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'canary-')), 'plan.json');
  const config = join(dirname(file), 'config.json');
  writeFileSync(config, JSON.stringify(encryption ? { encryption: keys } : {}));
  const told: string[] = [];
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await runCli([...args, '--address', inject('temporalAddress'), '--config', config], {
      env: { [KEY_VARIABLE]: key ?? '' },
    });
    told.push(stdout, stderr);
  };
  for (const plan of plans) {
    writeFileSync(file, JSON.stringify(plan));
    await run('provision', file, '--task-queue', rig.taskQueue, '--json');
    await run('status', plan.name);
    await run('export', plan.name);
    await run('verify', plan.name, '--task-queue', rig.taskQueue, '--json');
  }
  await run('list', '--json');
  return told.join('\n');
}

/** What proves who we are, as it went over the wire. */
function signatures(): string[] {
  const names = ['authorization', 'x-ncp-apigw-signature-v2', 'x-auth-token'];
  const sent = proxy.recorded.flatMap(({ headers }) => names.flatMap((name) => headers[name] ?? []));
  return [...new Set(sent.flatMap((value) => [value, value.split('Signature=')[1] ?? value]))];
}

test('credentials, secrets and signatures are in no history, log, metric, failure or output of any run', async () => {
  const ends = await Promise.all(Object.values(SAGAS).map((start) => start()));
  for (const [run, outcome] of ends) expect(await outcomeOf(run)).toBe(outcome);
  rig.expectFired();
  const runs = ends.map(([run]) => run);
  const plans = await Promise.all(
    runs.slice(0, 2).map(async (run) => {
      const { events } = await run.fetchHistory();
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
      return (await decodePayloads(rig.client, input))[0] as Plan;
    }),
  );
  const places: Record<string, string> = { ...(await placesOf(runs)), commands: await toldByCommands(plans) };
  // Every secret did reach its cloud, or there was nothing to leak.
  const sent = proxy.recorded.map(({ headers, body }) => `${JSON.stringify(headers)} ${body}`).join('\n');
  const reached = search({ wire: sent }, [SECRET, huawei.password, huawei.securityToken, alibaba.securityToken]);
  expect(reached).toHaveLength(4);
  expect(signatures().length).toBeGreaterThan(20);
  // And each place is one where something would be found.
  const { decrypted, ...others } = places;
  expect(search(others, [CONTROL]).map(({ place }) => place)).toEqual(Object.keys(others));
  expect(decrypted?.includes(CONTROL), 'decrypted').toBe(encryption !== undefined);
  const heartbeat = '\\"sent\\":\\"unknown';
  expect(places['pending activities']?.includes(heartbeat), 'heartbeat details').toBe(encryption === undefined);
  const readable = ['history', 'description', 'visibility', 'pending activities', 'metrics'];
  const stored = Object.fromEntries(readable.map((place) => [place, places[place] ?? '']));
  expect(search(stored, [COMMAND]).length > 0, 'plans in what is stored').toBe(encryption === undefined);
  expect(search(places, CANARIES)).toEqual([]);
  expect(search(places, signatures())).toEqual([]);
}, 240_000);
