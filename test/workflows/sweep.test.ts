/** What the sweep commands, in which order, and what its report says at every moment. */
import { expect, test } from 'vitest';
import type { Json } from '../../contract/plan.js';
import type {
  CarriedSweep,
  Finding,
  Orphan,
  ResolvedSweep,
  SweepCounts,
  SweepPage,
  SweepReport,
  SweepTarget,
} from '../../contract/sweep.js';
import type { RunInfo } from '../../testing/explorer/workflow-protocol.js';
import { OneRun, useIsolates } from '../support/one-run.js';

const isolates = useIsolates();
let run: OneRun;

const NO_COUNTS: SweepCounts = { unmarked: 0, elsewhere: 0, live: 0, kept: 0, young: 0, orphan: 0, unknown: 0 };

function target(connection: string, kind: string): SweepTarget {
  return { connection, kind, provider: 'model', taskQueue: `q:${connection}` };
}

function resolved(more: Partial<ResolvedSweep> = {}): ResolvedSweep {
  const common = { delete: false, graceMs: 5000, skipped: [], simulated: [], fingerprint: 'f' };
  return { ...common, targets: [target('c1', 'k.a'), target('c2', 'k.a')], ...more };
}

function page(more: Partial<Omit<SweepPage, 'counts'>> & { readonly counts?: Partial<SweepCounts> } = {}) {
  const { counts, ...rest } = more;
  return { completed: { counts: { ...NO_COUNTS, ...counts }, orphans: [], unknown: [], ...rest } as unknown as Json };
}

function orphan(id: string, more: Partial<Orphan> = {}): Orphan {
  const owner = { namespace: 'default', workflowId: 'provision-p', step: id, runId: 'dead' };
  const finding = { verdict: 'orphan', connection: 'c1', kind: 'k.a', id, name: `thing ${id}`, owner } as const;
  return { ...finding, why: 'closed', lastRunId: 'dead', closedAt: 5, rank: 0, spec: { name: id }, ...more };
}

function findingOf({ verdict, connection, kind, id, name, owner, why }: Finding): Finding {
  return { verdict, connection, kind, id, name, owner, why };
}

const of = (workflowId: string, runId = 'dead') => ({ namespace: 'default', workflowId, step: 's', runId });

async function begun(args: readonly unknown[], info: Partial<RunInfo> = {}): Promise<OneRun> {
  return OneRun.with(isolates, args, { workflowType: 'sweepOrphans', workflowId: 'provisioner-sweep', ...info });
}

async function sweeping(sweep: ResolvedSweep, request: unknown = {}): Promise<OneRun> {
  const sweeper = await begun([request]);
  await sweeper.resolve('provisioner.resolveSweep', { completed: { sweep } as unknown as Json });
  return sweeper;
}

const calls = () => run.of('activity').map(({ id }) => id);

test('a sweep asks every connection for all of each kind, and reports as it goes', async () => {
  const skipped = [{ connection: 'c3', kind: 'k.a', message: 'cannot be listed' }];
  run = await sweeping(resolved({ skipped, simulated: ['c2', 'c4'] }), { graceMs: 5000 });
  expect(run.of('local')).toMatchObject([{ type: 'provisioner.resolveSweep', args: [{ graceMs: 5000 }] }]);
  const asked = { graceMs: 5000, delete: false, room: { orphans: 500, unknown: 500 }, fingerprint: 'f' };
  expect(run.of('activity')).toMatchObject([
    { id: 'c1 k.a', type: 'k.a.list', taskQueue: 'q:c1', summary: 'c1', args: [{ connection: 'c1', ...asked }] },
    { id: 'c2 k.a', type: 'k.a.list', taskQueue: 'q:c2', summary: 'c2', args: [{ connection: 'c2', ...asked }] },
  ]);
  expect(run.of('activity')[0]?.args).toEqual([{ connection: 'c1', ...asked }]);
  const nothing: SweepReport = {
    delete: false,
    graceMs: 5000,
    counts: NO_COUNTS,
    orphans: [],
    unknown: [],
    acted: { deleted: 0, gone: 0, left: 0, failed: 0 },
    acts: [],
    problems: [],
    skipped,
    simulated: ['c2', 'c4'],
    done: false,
  };
  expect(await run.report()).toEqual(nothing);
  expect(await run.page()).toBe(
    [
      '### Sweep: in progress',
      '',
      'On the simulator, nothing real is touched: c2, c4',
      '',
      'unmarked 0, elsewhere 0, live 0, kept 0, young 0, orphan 0, unknown 0',
      '',
    ].join('\n'),
  );
  const unknown = { ...findingOf(orphan('u1')), verdict: 'unknown' } as const;
  await run.answer('c1 k.a', page({ counts: { live: 2, orphan: 1 }, orphans: [orphan('o1')] }));
  await run.answer('c2 k.a', page({ counts: { live: 3, unknown: 1 }, unknown: [unknown] }));
  const counts = { ...NO_COUNTS, live: 5, orphan: 1, unknown: 1 };
  const report = { ...nothing, counts, orphans: [findingOf(orphan('o1'))], unknown: [unknown], done: true };
  expect(run.of('complete')).toEqual([{ do: 'complete', result: report }]);
  expect(await run.report()).toEqual(report);
  expect((await run.page()).split('\n')[0]).toBe('### Sweep: done');
});

test('without a simulator the page of a sweep begins with its counts', async () => {
  run = await sweeping(resolved({ delete: true }));
  const counts = 'unmarked 0, elsewhere 0, live 0, kept 0, young 0, orphan 0, unknown 0';
  expect((await run.page()).split('\n').slice(1, 3)).toEqual(['', `${counts}, deleted 0, gone 0, left 0, failed 0`]);
});

test('a sweep that nobody asked anything of asks for the default', async () => {
  run = await begun([null]);
  expect(run.of('local')[0]?.args).toEqual([{}]);
});

test.each([
  [[{ path: 'connections', message: 'no such connection' }], 'Nothing was swept: connections: no such connection'],
  [[{ path: '', message: 'required: object' }], 'Nothing was swept: required: object'],
  [[], 'Nothing was swept: '],
])('a sweep whose request is wrong (%j) says so', async (problems, message) => {
  run = await begun([{}]);
  await run.resolve('provisioner.resolveSweep', { completed: { problems } });
  const type = 'InvalidRequest';
  expect(run.of('fail')).toMatchObject([{ do: 'fail', type, message, details: [problems], nonRetryable: true }]);
});

test('what is behind a page is swept by the next run, which is handed the report', async () => {
  run = await sweeping(resolved(), { graceMs: 5000 });
  await run.answer('c1 k.a', page({ counts: { live: 1 }, next: 'id-7' }));
  await run.answer('c2 k.a', page({ counts: { live: 1 } }));
  const [next] = run.of('continue');
  const report = { ...(await run.report()), counts: { ...NO_COUNTS, live: 2 }, done: false };
  expect(next?.args).toEqual([{ graceMs: 5000 }, { sweep: resolved(), report, positions: ['id-7', null] }]);
  run = await begun(next?.args ?? [], { continuedFrom: 'r0' });
  expect(run.of('local')).toEqual([]);
  expect(await run.report()).toEqual(report);
  expect(run.of('activity')).toMatchObject([{ id: 'c1 k.a', args: [{ connection: 'c1', after: 'id-7' }] }]);
  await run.answer('c1 k.a', page({ counts: { live: 4 } }));
  expect(run.of('complete')).toMatchObject([{ result: { counts: { live: 6 }, done: true } }]);
});

test('a report that a starter hands over is not believed', async () => {
  const report = { counts: { ...NO_COUNTS, live: 9 } } as unknown as SweepReport;
  const carried: CarriedSweep = { sweep: resolved(), report, positions: ['', ''] };
  run = await begun([{}, carried]);
  expect(run.of('local')).toHaveLength(1);
  expect(calls()).toEqual([]);
});

test('a run that continues another without a report asks what there is to sweep', async () => {
  run = await begun([{}], { continuedFrom: 'r0' });
  expect(run.of('local')).toHaveLength(1);
});

test('a page holds sixty-four targets, and the rest is for the next run', async () => {
  const targets = Array.from({ length: 70 }, (_, index) => target(`c${index}`, 'k.a'));
  run = await sweeping(resolved({ delete: true, targets }));
  expect(calls()).toEqual(targets.slice(0, 64).map(({ connection }) => `${connection} k.a`));
  expect(run.of('activity')[0]?.args).toMatchObject([{ room: { orphans: 10, unknown: 500 } }]);
  for (const id of calls()) await run.answer(id, page());
  expect(run.of('continue')[0]?.args[1]).toMatchObject({
    positions: [...Array(64).fill(null), '', '', '', '', '', ''],
  });
});

test('three targets share the room for what is to be deleted', async () => {
  run = await sweeping(resolved({ delete: true, targets: ['c1', 'c2', 'c3'].map((each) => target(each, 'k.a')) }));
  expect(run.of('activity')[0]?.args).toMatchObject([{ delete: true, room: { orphans: 167, unknown: 500 } }]);
});

test('a report lists five hundred of each, and the counts go on', async () => {
  const many = (prefix: string) => Array.from({ length: 400 }, (_, index) => orphan(`${prefix}${index}`));
  const unknown = (prefix: string) => many(prefix).map((each) => ({ ...findingOf(each), verdict: 'unknown' as const }));
  run = await sweeping(resolved());
  const counts = { orphan: 400, unknown: 400 };
  await run.answer('c1 k.a', page({ counts, orphans: many('a'), unknown: unknown('a'), next: 'n' }));
  await run.answer('c2 k.a', page());
  const next = run.of('continue')[0]?.args ?? [];
  run = await begun(next, { continuedFrom: 'r0' });
  expect(run.of('activity')[0]?.args).toMatchObject([{ room: { orphans: 100, unknown: 100 } }]);
  await run.answer('c1 k.a', page({ counts, orphans: many('b'), unknown: unknown('b') }));
  const report = await run.report();
  expect(report.counts).toMatchObject({ orphan: 800, unknown: 800 });
  expect(report.orphans).toHaveLength(500);
  expect(report.unknown).toHaveLength(500);
  expect([report.orphans[0]?.id, report.orphans.at(-1)?.id]).toEqual(['a0', 'b99']);
});

test('what cannot be listed is a problem of the report, and the others are listed all the same', async () => {
  run = await sweeping(resolved());
  const failed = { is: 'application', type: 'AccessDenied', message: 'no | access', nonRetryable: true } as const;
  await run.answer('c1 k.a', { failed: { ...failed, details: [] } });
  await run.answer('c2 k.a', page({ counts: { live: 1 } }));
  const problems = [{ connection: 'c1', kind: 'k.a', message: 'no | access' }];
  expect(run.of('complete')).toMatchObject([{ result: { problems, counts: { live: 1 }, done: true } }]);
  expect((await run.page()).split('\n').at(-1)).toBe('* c1, k.a: no \\| access');
});

test('a report names five hundred problems', async () => {
  const sweep = resolved({ targets: Array.from({ length: 3 }, (_, index) => target(`c${index}`, 'k.a')) });
  const problems = Array.from({ length: 499 }, (_, index) => ({ connection: `p${index}`, kind: 'k.a', message: 'm' }));
  run = await sweeping(sweep);
  const report = { ...(await run.report()), problems };
  run = await begun([{}, { sweep, report, positions: ['', '', ''] }], { continuedFrom: 'r0' });
  for (const id of calls()) await run.answer(id, { failed: { is: 'timeout', code: 2 } });
  expect((await run.report()).problems).toHaveLength(500);
  expect((await run.report()).problems.at(-1)).toMatchObject({ connection: 'c0' });
});

test('of one owner, what needs others is deleted first, whatever connection it is on', async () => {
  run = await sweeping(resolved({ delete: true }));
  const [base, top, low] = [
    orphan('base', { rank: 1, name: 'b'.repeat(40) }),
    orphan('top', { rank: 2, connection: 'c2' }),
    orphan('low', { rank: 0 }),
  ];
  await run.answer('c1 k.a', page({ counts: { orphan: 2 }, orphans: [low, base] }));
  expect(calls()).toEqual(['c1 k.a', 'c2 k.a']);
  await run.answer('c2 k.a', page({ counts: { orphan: 1 }, orphans: [top] }));
  expect(run.of('activity').at(-1)).toMatchObject({
    id: 'c2 k.a top',
    type: 'k.a.sweep',
    taskQueue: 'q:c2',
    summary: 'thing top',
    args: [{ orphan: top, fingerprint: 'f' }],
  });
  await run.answer('c2 k.a top', { completed: { result: 'deleted' } });
  expect(calls().slice(2)).toEqual(['c2 k.a top', 'c1 k.a base']);
  expect(run.of('activity').at(-1)).toMatchObject({ taskQueue: 'q:c1', summary: 'b'.repeat(30) });
  await run.answer('c1 k.a base', { completed: { result: 'gone' } });
  await run.answer('c1 k.a low', { completed: { result: 'deleted' } });
  const at = '1970-01-01T00:16:40.000Z';
  const report = await run.report();
  expect(report).toMatchObject({ orphans: [], acted: { deleted: 2, gone: 1, left: 0, failed: 0 }, done: true });
  expect(report.acts).toEqual([
    { ...findingOf(top), result: 'deleted', at },
    { ...findingOf(base), result: 'gone', at },
    { ...findingOf(low), result: 'deleted', at },
  ]);
  expect(await run.page()).toContain('orphan 3, unknown 0, deleted 2, gone 1, left 0, failed 0');
});

test.each([
  ['left', { completed: { result: 'left', why: 'open again' } }, { why: 'open again' }],
  [
    'failed',
    { failed: { is: 'application', type: 'NotEmpty', message: 'full', nonRetryable: true, details: [] } },
    { cause: { type: 'NotEmpty', message: 'full', provider: 'model' } },
  ],
] as const)(
  'where an orphan is %s, what it needs stays too, and what it does not need goes',
  async (result, end, facts) => {
    run = await sweeping(resolved({ delete: true }));
    const orphans = [orphan('top', { rank: 2 }), orphan('beside', { rank: 2 }), orphan('base', { rank: 1 })];
    await run.answer('c1 k.a', page({ orphans }));
    await run.answer('c2 k.a', page());
    await run.answer('c1 k.a top', end);
    await run.answer('c1 k.a beside', { completed: { result: 'deleted' } });
    expect(calls()).not.toContain('c1 k.a base');
    const { acts, acted, done } = await run.report();
    expect(acts.map(({ id, result: came }) => [id, came])).toEqual([
      ['top', result],
      ['beside', 'deleted'],
      ['base', 'left'],
    ]);
    expect(acts[0]).toMatchObject(facts);
    expect(acts[2]).toMatchObject({ why: 'what needs it is still there' });
    expect(acted.left + acted.failed).toBe(2);
    expect(done).toBe(true);
  },
);

test('owners are swept side by side, eight at once', async () => {
  run = await sweeping(resolved({ delete: true }));
  const owners = [
    of('w1', 'r1'),
    of('w1', 'r2'),
    of('w2', 'r2'),
    ...[3, 4, 5, 6, 7, 8].map((n) => of(`w${n}`, `r${n}`)),
  ];
  await run.answer('c1 k.a', page({ orphans: owners.map((owner, index) => orphan(`o${index}`, { owner })) }));
  await run.answer('c2 k.a', page());
  expect(calls().slice(2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((index) => `c1 k.a o${index}`));
  await run.answer('c1 k.a o5', { completed: { result: 'deleted' } });
  expect(calls().at(-1)).toBe('c1 k.a o8');
});

test('an orphan is deleted on the queue of its own connection and kind', async () => {
  const targets = [target('c1', 'k.a'), target('c2', 'k.b'), { ...target('c1', 'k.b'), taskQueue: 'q:own' }];
  run = await sweeping(resolved({ delete: true, targets }));
  await run.answer('c1 k.a', page());
  await run.answer('c2 k.b', page());
  await run.answer('c1 k.b', page({ orphans: [orphan('o', { kind: 'k.b' })] }));
  expect(run.of('activity').at(-1)).toMatchObject({ type: 'k.b.sweep', taskQueue: 'q:own' });
});

test('a connection with a long name is asked by all of it, and labelled with as much as shows', async () => {
  const connection = 'c'.repeat(40);
  run = await sweeping(resolved({ targets: [target(connection, 'k.a')] }));
  expect(run.of('activity')).toMatchObject([
    { id: `${connection} k.a`, summary: 'c'.repeat(30), args: [{ connection }] },
  ]);
});

test('an orphan that was found where nobody looked fails the task', async () => {
  run = await sweeping(resolved({ delete: true }));
  await run.answer('c1 k.a', page({ orphans: [orphan('o', { connection: 'c9' })] }));
  await expect(run.answer('c2 k.a', page())).rejects.toThrow('Sweep: no target -1');
});

test('the acts of a report end at five hundred, and their numbers go on', async () => {
  const sweep = resolved({ delete: true, targets: [target('c1', 'k.a')] });
  run = await sweeping(sweep);
  const act = { ...findingOf(orphan('o')), result: 'gone', at: 'then' } as const;
  const report = {
    ...(await run.report()),
    acts: Array(499).fill(act),
    acted: { deleted: 0, gone: 499, left: 0, failed: 0 },
  };
  run = await begun([{}, { sweep, report, positions: [''] }], { continuedFrom: 'r0' });
  await run.answer('c1 k.a', page({ orphans: [orphan('x', { rank: 1 }), orphan('y')] }));
  await run.answer('c1 k.a x', { completed: { result: 'deleted' } });
  await run.answer('c1 k.a y', { completed: { result: 'deleted' } });
  const end = await run.report();
  expect([end.acts.length, end.acts.at(-1)?.id]).toEqual([500, 'x']);
  expect(end.acted).toEqual({ deleted: 2, gone: 499, left: 0, failed: 0 });
});

test('a cancel between two deletions lets the one under way end, and starts no other', async () => {
  run = await sweeping(resolved({ delete: true, targets: [target('c1', 'k.a')] }));
  await run.answer('c1 k.a', page({ next: 'more', orphans: [orphan('x', { rank: 1 }), orphan('y')] }));
  await run.job({ what: 'cancel' });
  expect(run.of('cancel-activity')).toEqual([]);
  await run.answer('c1 k.a x', { completed: { result: 'deleted' } });
  expect(calls()).toEqual(['c1 k.a', 'c1 k.a x']);
  expect(run.of('memo')).toEqual([{ do: 'memo', fields: { report: await run.report() } }]);
  expect((await run.report()).acts).toHaveLength(1);
  expect(run.of('cancelled')).toHaveLength(1);
});

test('a cancel while it lists ends the lists, and keeps the report in the memo', async () => {
  run = await sweeping(resolved());
  await run.answer('c1 k.a', page({ counts: { live: 1 } }));
  await run.job({ what: 'cancel' });
  expect(run.of('cancel-activity')).toHaveLength(1);
  await run.answer('c2 k.a', { failed: { is: 'cancelled', details: [] } });
  expect(run.of('memo')).toMatchObject([{ fields: { report: { counts: { live: 1 }, problems: [], done: false } } }]);
  expect(run.of('cancelled')).toHaveLength(1);
});

test('a list that ends well after a cancel does not make the sweep go on', async () => {
  run = await sweeping(resolved({ targets: [target('c1', 'k.a')] }));
  await run.job({ what: 'cancel' });
  await run.answer('c1 k.a', page({ next: 'more' }));
  expect(run.of('continue')).toEqual([]);
  expect(run.of('memo')).toHaveLength(1);
  expect(run.of('cancelled')).toHaveLength(1);
});
