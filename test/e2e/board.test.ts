/** The board over the real server, without a browser: views, links, and `provisioner board` itself. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { ProvisionerClient } from '../../client/client.js';
import { InvalidRequestError } from '../../client/errors.js';
import type { Outcome } from '../../contract/failures.js';
import { runCli, startCli } from '../cli-process.js';
import { useBoard, Visitor } from '../support/board.js';
import { outcomeOf } from '../support/closing.js';
import { fabric, workflow } from '../support/resources.js';
import { useRig } from '../support/rig.js';
import { pausedPlan } from '../support/stuck-plans.js';

const rig = useRig();
const board = useBoard(rig, { patienceMs: 4_000 });
const who = { by: 'ann', why: 'ticket 7' };
const textOf = async (path: string) => await (await new Visitor(board.url).get(path)).text();

/** Visibility is some moments behind. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}

test('a plan that somebody started under another id is deprovisioned, and not its namesake', async () => {
  const name = `namesake-${rig.planName()}`;
  const own = await rig.start({ name, resources: { ws: fabric('own-ws') } });
  const foreign = await rig.start({ name, resources: { ws: fabric('foreign-ws') } }, `foreign-${name}`);
  await Promise.all([own.result(), foreign.result()]);
  const visitor = new Visitor(board.url);
  const page = await (await visitor.get(`/plans/${foreign.workflowId}`)).text();
  const shown = /name="run" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const fields = { act: 'deprovision', step: '', run: shown, ...who, typed: name };
  expect((await visitor.post(`/plans/${foreign.workflowId}`, fields)).status).toBe(303);
  rig.track(`deprovision-${name}`);
  await rig.client.workflow.getHandle(`deprovision-${name}`).result();
  expect(rig.alive()).toEqual(['own-ws']);
});

describe('the client lists a page at a time', () => {
  test('by outcome, by attention, by what is running, and by how a name begins', async () => {
    const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
    const { run, plan } = await pausedPlan(rig);
    const done = rig.planName();
    await (await rig.start({ name: done, resources: { base: fabric('done-ws') } })).result();
    const prefix = plan.slice(0, plan.lastIndexOf('-') + 1);
    const names = async (filter: object) =>
      (await provisioner.listPage({ prefix, ...filter })).provisionings.map((listed) => listed.plan).sort();
    await until(
      async () =>
        (await names({ attention: true })).length === 1 && (await names({ outcome: 'Provisioned' })).length === 1,
    );
    expect(await names({})).toEqual([plan, done].sort());
    expect(await names({ attention: true })).toEqual([plan]);
    expect(await names({ running: true })).toEqual([plan]);
    expect(await names({ outcome: 'Provisioned' })).toEqual([done]);
    expect(await names({ outcome: 'RolledBack' })).toEqual([]);
    expect(await names({ prefix: done })).toEqual([done]);
    expect(await provisioner.count({ prefix })).toBe(2);
    const [listed] = (await provisioner.listPage({ prefix: done })).provisionings;
    expect(listed).toMatchObject({
      status: 'COMPLETED',
      outcome: 'Provisioned',
      attention: false,
      connections: ['huawei'],
    });
    expect(listed?.closeTime?.getTime()).toBeGreaterThanOrEqual(listed?.startTime.getTime() ?? Number.NaN);
    await run.cancel();
    await outcomeOf(run);
  });

  test('goes on behind a page with its token, until there is none', async () => {
    const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
    const prefix = `${rig.planName()}-`;
    const wanted = ['a', 'b', 'c'].map((letter) => `${prefix}${letter}`);
    for (const name of wanted) {
      await (await rig.start({ name, resources: { base: fabric(`ws-${name.slice(-1)}`) } })).result();
    }
    await until(async () => (await provisioner.count({ prefix, outcome: 'Provisioned' })) === 3);
    const found: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await provisioner.listPage({ prefix, pageSize: 2, ...(pageToken !== undefined && { pageToken }) });
      found.push(...page.provisionings.map(({ plan }) => plan));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(found.sort()).toEqual(wanted);
  });

  test('refuses what no plan can be, before the server is asked, and without repeating it', async () => {
    const provisioner = new ProvisionerClient({ client: rig.client });
    const wrong = [
      { prefix: 'a" OR WorkflowId != "' },
      { prefix: '' },
      { outcome: 'x" OR 1 = 1' as Outcome },
      { pageSize: 0 },
      { pageSize: 1.5 },
      { pageToken: 'not a token!' },
    ];
    for (const options of wrong) {
      const error: unknown = await provisioner.listPage(options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(String(error)).not.toContain('OR ');
    }
  });

  test('a plan that was deprovisioned says so in the list', async () => {
    const provisioner = new ProvisionerClient({ client: rig.client, taskQueue: rig.taskQueue });
    const name = rig.planName();
    await (await rig.start({ name, resources: { base: fabric('gone-ws') } })).result();
    await (await provisioner.deprovision({ plan: name, ...who })).result();
    rig.track(`deprovision-${name}`);
    await until(async () => (await provisioner.listPage({ prefix: name })).provisionings[0]?.deprovisioned === true);
    expect(await textOf(`/?name=${name}`)).toContain('Deprovisioned since');
  });
});

describe('a page', () => {
  test('of a plan that nobody knows says what to do, with 404', async () => {
    const answer = await new Visitor(board.url).get('/plans/nobody-is-called-so');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('provisioner provision FILE');
    expect((await new Visitor(board.url).get('/plans/%3Cscript%3E')).status).toBe(404);
  });

  test('of a token that visibility does not know leads back to the first one, with 400', async () => {
    const answer = await new Visitor(board.url).get('/?page=bm90aGluZw');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('begin with the first one');
  });

  test('of a plan that was rolled back tells its cause in the provider’s own evidence, and leads to the Temporal UI', async () => {
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 403 });
    const name = rig.planName();
    const run = await rig.start({
      name,
      resources: { base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) },
    });
    expect(await outcomeOf(run)).toBe('RolledBack');
    const { steps } = await rig.ledger(run);
    const text = await textOf(`/plans/${name}`);
    expect(text).toContain('<strong>RolledBack</strong>: nothing of this plan is alive');
    expect(text).toContain('<strong>Next:</strong> remove the cause');
    expect(text).toContain(steps.flow?.cause?.requestId);
    expect(text).toContain(steps.base?.requestId);
    expect(text).toContain(`/namespaces/default/workflows/provision-${name}/${run.firstExecutionRunId}/user-metadata"`);
    expect(text).toContain('Nothing real is touched: alibaba, huawei');
    expect(text).not.toContain('<form method="post" action="/plans');
  });

  test('shows a workflow that somebody else gave an id of their own', async () => {
    const name = rig.planName();
    const run = await rig.start({ name, resources: { base: fabric('base-ws') } }, `theirs/${name}`);
    await run.result();
    const href = `/plans/${encodeURIComponent(`theirs/${name}`)}`;
    await until(async () => (await textOf(`/?name=${name}`)).includes(href));
    expect(await textOf(href)).toContain(`<h1>${name}</h1>`);
  });
});

describe('provisioner board', () => {
  const address = () => inject('temporalAddress');

  test('prints its address first, serves it, and ends well when it is told to', async () => {
    const running = startCli(['board', '--port', '0', '--address', address(), '--ui', 'https://ui.example']);
    const [url = ''] = (await running.until(/\n/)).split('\n');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { run, plan } = await pausedPlan(rig);
    expect(await (await fetch(`${url}/plans/${plan}`)).text()).toContain(
      'https://ui.example/namespaces/default/workflows/',
    );
    await run.cancel();
    await outcomeOf(run);
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('prints one document with --json', async () => {
    const running = startCli(['board', '--port', '0', '--address', address(), '--json']);
    const document = JSON.parse(await running.until(/\n}\n/)) as object;
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
    expect(document).toMatchObject({ host: '127.0.0.1', address: address(), namespace: 'default', token: false });
  });

  test('off loopback, or by another name, wants a token by reference, and never prints it', async () => {
    const token = 'correct-horse-battery-staple';
    const folder = mkdtempSync(join(tmpdir(), 'board-'));
    writeFileSync(join(folder, 'token'), `${token}\n`);
    writeFileSync(join(folder, 'short'), 'short');
    const args = ['board', '--port', '0', '--address', address()];
    for (const more of [
      ['--host', '0.0.0.0'],
      ['--name', 'board.example.com'],
      ['--token-file', join(folder, 'short')],
      ['--token-file', join(folder, 'none')],
    ]) {
      const end = await runCli([...args, ...more]);
      expect([end.code, end.stdout]).toEqual([2, '']);
      expect(end.stderr).toMatch(/token/);
    }
    for (const [more, env] of [
      [['--token-file', join(folder, 'token')], {}],
      [[], { PROVISIONER_BOARD_TOKEN: token }],
    ] as const) {
      const running = startCli([...args, '--host', '0.0.0.0', ...more], { env });
      const [url = ''] = (await running.until(/\n/)).split('\n');
      const local = url.replace('0.0.0.0', '127.0.0.1');
      expect((await fetch(local, { redirect: 'manual' })).status).toBe(303);
      expect((await fetch(local, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
      running.process.kill('SIGTERM');
      const { code, stdout, stderr } = await running.ended;
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(token);
    }
  });

  test('without a server says so and ends with 4, and on a taken port with 2', async () => {
    const away = await runCli(['board', '--port', '0', '--address', '127.0.0.1:1']);
    expect(away.code).toBe(4);
    const taken = await runCli(['board', '--port', new URL(board.url).port, '--address', address()]);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('is taken')]);
  });
});
