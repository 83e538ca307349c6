/** What a run commands, and what it tells those who look at it; whether the clouds agree is for the explorer. */
import { expect, test } from 'vitest';
import { OneRun, resolvedPlan, resolvedStep, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const two = resolvedPlan([resolvedStep('a'), resolvedStep('b', { dependsOn: ['a'] })], { simulated: ['c'] });
const one = resolvedPlan([resolvedStep('a')]);
const resource = { kind: 'k', connection: 'c' };

test('a plan that is provisioned tells the server what it is about and how it ended', async () => {
  run = await OneRun.of(isolates, two, { b: { ...resource, spec: { name: 'b', of: { $ref: 'a.id' } } } });
  expect(run.of('attributes').map(({ fields }) => fields)).toEqual([
    { ProvisionerAttention: false, ProvisionerConnections: ['c'], ProvisionerPlan: 'p' },
  ]);
  expect((await run.ledger()).steps).toEqual({
    a: { kind: 'k.a', connection: 'c', state: 'creating', since: '1970-01-01T00:16:40.000Z' },
    b: { kind: 'k.b', connection: 'c', state: 'planned' },
  });
  await run.created('a', { requestId: 'req-1' });
  const owner = { namespace: 'default', workflowId: 'provision-p', step: 'b', runId: 'r1' };
  expect(run.of('activity').at(-1)).toMatchObject({
    type: 'k.b.create',
    args: [
      {
        step: resolvedStep('b', { dependsOn: ['a'] }),
        spec: { name: 'b', of: 'id-a' },
        owner,
        fingerprint: 'f',
        originalRun: true,
        scheduledBy: 'r1',
      },
    ],
  });
  await run.created('b', { adopted: true });
  expect(run.of('complete')).toEqual([{ do: 'complete', result: { a: { id: 'id-a' }, b: { id: 'id-b' } } }]);
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerOutcome: 'Provisioned' });
  expect(await run.ledger()).toEqual({
    plan: 'p',
    outcome: 'Provisioned',
    steps: {
      a: {
        kind: 'k.a',
        connection: 'c',
        state: 'live',
        since: '1970-01-01T00:16:40.000Z',
        id: 'id-a',
        requestId: 'req-1',
      },
      b: { kind: 'k.b', connection: 'c', state: 'live', since: '1970-01-01T00:16:40.000Z', id: 'id-b', adopted: true },
    },
    moves: [],
  });
  expect(await run.page()).toMatch(/^### Plan p: Provisioned\n\nOn the simulator, nothing real is touched: c\n/);
});

test('a worker without search attributes writes none', async () => {
  run = await OneRun.of(isolates, { ...one, searchAttributes: false });
  await run.fails('k.a.create', 'NotFound', { sent: 'refused', resent: false });
  expect(run.of('fail')).toHaveLength(1);
  expect(run.of('attributes')).toEqual([]);
});

test('a plan that is wrong is told with its first problem, and all of them in the details', async () => {
  run = await OneRun.start(isolates, { name: 'p', resources: {} });
  expect(await run.ledger()).toEqual({ plan: 'p', steps: {}, moves: [] });
  const problems = [
    { path: 'resources.a.kind', message: 'unknown kind' },
    { path: 'name', message: 'too long' },
  ];
  await run.resolve('provisioner.resolvePlan', { completed: { problems, searchAttributes: true } });
  expect(run.of('fail')).toEqual([
    {
      do: 'fail',
      type: 'InvalidPlan',
      message:
        'Not started: the plan is invalid. Resources.a.kind: unknown kind and 1 more in the details. Nothing was called.',
      details: [problems],
      nonRetryable: true,
      stackTrace: '',
    },
  ]);
  const fields = { ProvisionerOutcome: 'NotStarted', ProvisionerPlan: 'p' };
  expect(run.of('attributes')).toEqual([{ do: 'attributes', fields }]);
  expect(await run.ledger()).toEqual({ plan: 'p', outcome: 'NotStarted', steps: {}, moves: [] });
});

test.each([null, { name: 5 }])('a plan such as %j has no name to be found by', async (plan) => {
  run = await OneRun.start(isolates, plan);
  expect(run.of('local')[0]?.args[0]).toEqual(plan);
  const problems = [{ path: '', message: 'required: object' }];
  await run.resolve('provisioner.resolvePlan', { completed: { problems, searchAttributes: true } });
  expect(run.of('fail')[0]?.message).toBe('Not started: the plan is invalid. Required: object. Nothing was called.');
  expect(run.of('attributes')).toEqual([{ do: 'attributes', fields: { ProvisionerOutcome: 'NotStarted' } }]);
  expect((await run.ledger()).plan).toBe('');
});

test('without search attributes a plan that is wrong writes none either', async () => {
  run = await OneRun.start(isolates, { name: 'p' });
  await run.resolve('provisioner.resolvePlan', { completed: { problems: [], searchAttributes: false } });
  expect(run.of('attributes')).toEqual([]);
});

test('a worker that cannot check plans closes the run as misconfigured, without a word of the plan', async () => {
  run = await OneRun.start(isolates, { name: 'p', resources: {} });
  expect(run.of('local')[0]?.args[1]).toEqual({ firstRunId: 'r1', killers: [] });
  await run.fails('provisioner.resolvePlan', 'Error', {}, 'no worker');
  expect(run.of('fail')[0]).toMatchObject({
    type: 'Misconfigured',
    message: expect.stringMatching(/^Not started: The worker cannot check plans: .*\. Nothing was called\.$/),
    details: [[{ path: '', message: expect.stringContaining('the worker cannot check plans: ') }]],
  });
});

test.each([
  ['InvalidRequest', 'correct the plan, then'],
  ['AccessDenied', 'grant the permission, then'],
  ['AlreadyExists', 'choose another name or ifExists adopt, then'],
  ['NotFound', 'check what the plan refers to, then'],
  ['NotEmpty', 'clear what is inside, then'],
  ['ServiceLimitExceeded', 'free or raise the quota, then'],
  ['NotStabilized', 'look at the cloud console, then'],
  ['Misconfigured', 'correct the connection, then'],
  ['Throttling', 'when it works again,'],
])('a rollback for %s says what to do next', async (type, next) => {
  run = await OneRun.of(isolates, one);
  await run.fails('k.a.create', type, { sent: 'refused', resent: false, status: 400 });
  const cause = { type, message: 'the cloud says "no".', provider: 'model', status: 400 };
  expect(run.of('fail')).toEqual([
    {
      do: 'fail',
      type: 'RolledBack',
      message: `Rolled back: a failed. The cloud says 'no'. Undone 0 of 0, nothing left behind. Next: ${next} start it again.`,
      details: [
        {
          plan: 'p',
          outcome: 'RolledBack',
          steps: { a: { kind: 'k.a', connection: 'c', state: 'refused', since: '1970-01-01T00:16:40.000Z', cause } },
          moves: [],
        },
      ],
      nonRetryable: true,
      stackTrace: '',
      // For the Temporal UI, which shows the innermost cause: what the cloud said, word for word.
      cause: {
        type,
        message: 'the cloud says "no".',
        details: [{ provider: 'model', status: 400 }],
        nonRetryable: true,
        stackTrace: '',
      },
    },
  ]);
});

test('a long cause is cut so that the next step still shows', async () => {
  run = await OneRun.of(isolates, one);
  await run.fails('k.a.create', 'Throttling', { sent: 'refused', resent: false }, `many\n  words ${'x'.repeat(300)}`);
  const message = run.of('fail')[0]?.message ?? '';
  expect(message).toHaveLength(180);
  expect(message).toMatch(/^Rolled back: a failed\. Many words x+… Undone 0 of 0, nothing left/);
});

test('a cause that just fits is not cut, and one letter more is', async () => {
  const closing = async (cause: string) => {
    run = await OneRun.of(isolates, one);
    await run.fails('k.a.create', 'Throttling', { sent: 'refused', resent: false }, cause);
    return run.of('fail')[0]?.message ?? '';
  };
  const room = 180 - (await closing('')).length;
  expect(await closing('x'.repeat(room))).toMatch(/Xx+\. Undone/);
  expect(await closing('x'.repeat(room))).toHaveLength(180);
  expect(await closing('x'.repeat(room + 1))).toMatch(/Xx+…/);
  expect(await closing(' \n slow down \n ')).toContain('failed. Slow down. Undone');
});

test('a rollback counts what was undone and what is kept', async () => {
  run = await OneRun.of(
    isolates,
    resolvedPlan([
      resolvedStep('a'),
      resolvedStep('k', { retain: true }),
      resolvedStep('b', { dependsOn: ['a', 'k'] }),
    ]),
  );
  await run.created('a');
  await run.created('k');
  await run.fails('k.b.create', 'Throttling', { sent: 'unknown', id: 'id-b', resent: true });
  expect((await run.ledger()).steps.b).toMatchObject({ state: 'deleting', id: 'id-b', cause: { type: 'Throttling' } });
  expect(run.of('activity').at(-1)).toMatchObject({
    type: 'k.b.delete',
    args: [{ id: 'id-b', resent: true, createEndedAt: 1_000_000 }],
  });
  await run.deleted('b');
  await run.deleted('a');
  expect(run.of('fail')[0]?.message).toContain('Undone 2 of 2, 1 kept. Next:');
});

test('an undo that fails parks with its reason, tries again by itself, and is calm when it works', async () => {
  run = await OneRun.of(isolates, two);
  await run.created('a');
  await run.fails('k.b.create', 'Throttling', { sent: 'refused', resent: false });
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect((await run.ledger()).steps.a).toMatchObject({
    state: 'deleting',
    attention: {
      reason: 'cannot be undone: tables inside; tries again after 1 min',
      since: '1970-01-01T00:16:40.000Z',
      moves: ['retry', 'adopt', 'abandon'],
    },
    cause: { type: 'NotEmpty', message: 'tables inside', provider: 'model' },
  });
  expect(await run.page()).toMatch(/^### Plan p: waits for an operator\n/);
  expect(run.of('attributes').at(-1)?.fields).toEqual({ ProvisionerAttention: true });
  const before = run.of('attributes').length;
  expect(await run.ring()).toBe(60_000);
  await run.fails('k.a.delete', 'NotEmpty', {}, 'tables inside');
  expect((await run.ledger()).steps.a?.attention).toMatchObject({
    reason: 'cannot be undone: tables inside; tries again after 2 min',
    since: '1970-01-01T00:16:40.000Z',
  });
  expect(run.of('attributes')).toHaveLength(before);
  expect(await run.ring()).toBe(120_000);
  await run.deleted('a');
  expect(run.of('attributes')).toHaveLength(before + 2);
  expect((await run.ledger()).steps.a).toEqual({
    kind: 'k.a',
    connection: 'c',
    state: 'deleted',
    since: expect.any(String),
    id: 'id-a',
  });
});

test('a plan that pauses waits with the cause and rolls back on a cancel', async () => {
  run = await OneRun.of(isolates, { ...two, onFailure: 'pause' });
  await run.created('a');
  await run.fails('k.b.create', 'NotFound', { sent: 'refused', resent: false }, 'no network');
  expect((await run.ledger()).steps.b?.attention).toMatchObject({
    reason: 'its create failed: no network',
    moves: ['retry', 'adopt', 'skip', 'rollback'],
  });
  expect(run.of('timer').at(-1)?.ms).toBe(30 * 24 * 3_600_000);
  await run.job({ what: 'cancel' });
  expect((await run.ledger()).steps.b).toEqual({
    kind: 'k.b',
    connection: 'c',
    state: 'refused',
    since: '1970-01-01T00:16:40.000Z',
    cause: { type: 'NotFound', message: 'no network', provider: 'model' },
  });
  await run.deleted('a');
  expect(run.of('cancelled')).toHaveLength(1);
  expect(run.of('memo')).toEqual([{ do: 'memo', fields: { ledger: await run.ledger() } }]);
  expect((await run.ledger()).outcome).toBe('Cancelled');
});

test('a resource whose marker cannot be read is live, and somebody is told', async () => {
  run = await OneRun.of(isolates, one);
  await run.created('a', { unmarked: true });
  expect(run.of('complete')).toHaveLength(1);
  expect((await run.ledger()).steps.a).toMatchObject({
    state: 'live',
    attention: { reason: 'its marker cannot be read back, so only this id proves whose it is', moves: [] },
  });
});

test('a create that stops since the run was cancelled is no cause of its own', async () => {
  run = await OneRun.of(isolates, one);
  await run.job({ what: 'cancel' });
  const details = [{ sent: 'never', resent: false }];
  await run.resolve('k.a.create', { failed: { is: 'cancelled', details } });
  expect((await run.ledger()).steps.a).toEqual({
    kind: 'k.a',
    connection: 'c',
    state: 'refused',
    since: '1970-01-01T00:16:40.000Z',
  });
  expect(run.of('cancelled')).toHaveLength(1);
});

test('a create that fails otherwise while the run stops keeps its own cause', async () => {
  run = await OneRun.of(isolates, resolvedPlan([resolvedStep('a'), resolvedStep('b')]));
  await run.fails('k.a.create', 'NotFound', { sent: 'refused', resent: false });
  expect(run.of('cancel-activity')).toHaveLength(1);
  await run.fails('k.b.create', 'AccessDenied', { sent: 'refused', resent: false });
  expect((await run.ledger()).steps.b).toMatchObject({ state: 'refused', cause: { type: 'AccessDenied' } });
  expect(run.of('fail')[0]?.message).toContain('Rolled back: a failed.');
});

test('a create that somebody cancels by itself is the cause of a rollback', async () => {
  run = await OneRun.of(isolates, one);
  const details = [{ sent: 'never', resent: false }];
  await run.resolve('k.a.create', { failed: { is: 'cancelled', details } });
  expect((await run.ledger()).steps.a).toMatchObject({ state: 'refused', cause: { type: 'OutcomeUnknown' } });
  expect(run.of('fail')).toHaveLength(1);
});

test('a step that needs what was made after a cancel is not begun', async () => {
  run = await OneRun.of(isolates, two);
  await run.job({ what: 'cancel' });
  await run.created('a');
  expect((await run.ledger()).steps.b).toEqual({ kind: 'k.b', connection: 'c', state: 'planned' });
  expect(run.of('activity').map(({ id }) => id)).toEqual(['a.create', 'a.delete']);
});

test('a plan that pauses lets what is under way end, and begins nothing more', async () => {
  const steps = [resolvedStep('a'), resolvedStep('b'), resolvedStep('c', { dependsOn: ['b'] })];
  run = await OneRun.of(isolates, resolvedPlan(steps, { onFailure: 'pause' }));
  await run.fails('k.a.create', 'NotFound', { sent: 'refused', resent: false });
  expect(run.of('cancel-activity')).toEqual([]);
  expect(run.of('timer')).toMatchObject([{ summary: 'PARKED a: send update retry, adopt, skip or rollback' }]);
  await run.created('b');
  expect(run.of('activity').map(({ id }) => id)).toEqual(['a.create', 'b.create']);
  expect((await run.ledger()).steps).toMatchObject({ b: { state: 'live' }, c: { state: 'planned' } });
});

test('a step with a long name is called by all of it, and labelled with as much as shows', async () => {
  const key = 'k'.repeat(40);
  run = await OneRun.of(isolates, resolvedPlan([resolvedStep(key)]));
  const summary = `1 of 1 ${'k'.repeat(23)}`;
  expect(run.of('activity')).toMatchObject([{ id: `${key}.create`, taskQueue: 'q:c', summary }]);
});

test('a plan with a name too long for a search attribute is found by as much as fits', async () => {
  run = await OneRun.start(isolates, { name: 'p'.repeat(300), resources: {} });
  await run.resolve('provisioner.resolvePlan', { completed: { problems: [], searchAttributes: true } });
  expect(run.of('attributes')[0]?.fields).toMatchObject({ ProvisionerPlan: 'p'.repeat(255) });
});

test('a worker without search attributes writes none for a step that waits either', async () => {
  run = await OneRun.of(isolates, { ...one, searchAttributes: false });
  await run.created('a', { unmarked: true });
  expect((await run.ledger()).steps.a?.attention).toBeDefined();
  expect(run.of('attributes')).toEqual([]);
});

test('a step to be retained that may have been made is deleted from the ledger where nothing is there', async () => {
  run = await OneRun.of(isolates, resolvedPlan([resolvedStep('a', { retain: true }), resolvedStep('b')]));
  await run.fails('k.a.create', 'Throttling', { sent: 'unknown', resent: false });
  run.at += 5000;
  await run.created('b');
  expect(run.of('activity').at(-1)).toMatchObject({ id: 'a.verify', summary: 'verify a' });
  // From when on the window counts in which it may still appear: the end of its create, not of the others'.
  expect(run.of('activity').at(-1)?.args).toMatchObject([{ look: 'anything', since: 1_000_000 }]);
  await run.deleted('b');
  await run.resolve('k.a.verify', { completed: { by: 'r1', found: false } });
  expect((await run.ledger()).steps.a?.state).toBe('deleted');
  expect(run.of('fail')[0]?.message).toContain('Undone 2 of 2, nothing left behind.');
});

test('an adopted resource is let go by an undo without any call', async () => {
  run = await OneRun.of(isolates, two);
  await run.created('a', { adopted: true });
  await run.fails('k.b.create', 'NotFound', { sent: 'refused', resent: false });
  expect(run.of('fail')[0]?.message).toContain('Undone 0 of 0, 1 kept.');
  expect(run.of('activity').map(({ type }) => type)).toEqual(['k.a.create', 'k.b.create']);
});
