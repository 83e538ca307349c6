/** What is an orphan, when, and what a page names: the sweep's decisions as tables and properties. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chain } from '../../activities/owner/chain.js';
import type { OwnedStep, OwnerReading } from '../../activities/owner/read-owner.js';
import { cutPage, type Judged, judge, Smallest, whyLeaveAlone } from '../../activities/sweep-decisions.js';
import type { StepState } from '../../contract/ledger.js';
import type { SweepVerdict } from '../../contract/sweep.js';

const kind = 'acme.lockers.locker';
const marker = { namespace: 'default', workflowId: 'provision-a', step: 'it', runId: 'first', keep: false };
const clock = { now: 1_000_000, graceMs: 60_000, windowMs: 20_000 };

function closed(state: StepState, more: { closedAt?: number; kind?: string } = {}): OwnerReading {
  const step: OwnedStep = { kind: more.kind ?? kind, state, rank: 2 };
  return { state: 'closed', closedAt: more.closedAt ?? 0, lastRunId: 'last', steps: new Map([['it', step]]) };
}

test.each<[string, OwnerReading, SweepVerdict]>([
  ['is open', { state: 'open' }, 'live'],
  ['is Provisioned', { state: 'provisioned' }, 'live'],
  ['cannot be found', { state: 'unknown', why: 'past retention' }, 'unknown'],
  ['closed and kept it', closed('kept'), 'kept'],
  ['closed and abandoned it', closed('abandoned'), 'kept'],
  ['closed while it was live', closed('live'), 'orphan'],
  ['closed in the middle of its create', closed('creating'), 'orphan'],
  ['closed and believed it deleted', closed('deleted'), 'orphan'],
  ['has a step of another kind by that name', closed('live', { kind: 'acme.lockers.key' }), 'unknown'],
  ['closed within the grace time', closed('live', { closedAt: clock.now - 59_999 }), 'young'],
  ['closed exactly the grace time ago', closed('live', { closedAt: clock.now - 60_000 }), 'orphan'],
])('a resource whose owner %s is judged by that alone', (_what, owner, verdict) => {
  expect(judge({ kind, marker }, owner, clock).verdict).toBe(verdict);
});

test('a closed owner whose plan has no such step did not write that marker', () => {
  expect(judge({ kind, marker: { ...marker, step: 'other' } }, closed('live'), clock).verdict).toBe('unknown');
});

test('a marker that says keep outlives whatever ended its owner', () => {
  expect(judge({ kind, marker: { ...marker, keep: true } }, closed('creating'), clock).verdict).toBe('kept');
});

test('what appeared after its owner closed is as old as itself', () => {
  const late = { kind, marker, createdAt: clock.now - 59_999 };
  expect(judge(late, closed('live'), clock).verdict).toBe('young');
  expect(judge({ ...late, createdAt: clock.now - 60_000 }, closed('live'), clock).verdict).toBe('orphan');
});

test('no grace time is shorter than what a late create may take', () => {
  const impatient = { ...clock, graceMs: 0 };
  const closedAgo = (ms: number) => judge({ kind, marker }, closed('live', { closedAt: clock.now - ms }), impatient);
  expect(closedAgo(24_999).verdict).toBe('young');
  expect(closedAgo(25_000).verdict).toBe('orphan');
});

const run = { runId: 'last', firstRunId: 'first', workflowType: 'provision', status: 'closed', closedAt: 0 } as const;

test.each<[string, Chain, boolean]>([
  ['is closed by the run that it was judged by', { state: 'closed', closedAt: 0, last: run }, true],
  ['ran again and is closed again', { state: 'closed', closedAt: 9, last: { ...run, runId: 'later' } }, false],
  ['is open again', { state: 'open' }, false],
  ['is Provisioned by now', { state: 'provisioned' }, false],
  ['cannot be found any more', { state: 'unknown', why: 'past retention' }, false],
])('a delete whose owner %s may leave only in the first case', (_what, chain, leave) => {
  expect(whyLeaveAlone(chain, 'last') === undefined).toBe(leave);
});

test('the smallest of any stream come sorted, in twice the memory of a page', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 60 });
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 20 }), (all, size) => {
      const smallest = new Smallest<{ id: string }>(size);
      for (const id of all) smallest.add({ id });
      const { items, more } = smallest.end();
      const sorted = [...all].sort((a, b) => (a < b ? -1 : 1));
      expect(items.map(({ id }) => id)).toEqual(sorted.slice(0, size));
      expect(more).toBe(all.length > size);
    }),
  );
});

const verdicts = fc.array(fc.constantFrom<SweepVerdict>('live', 'kept', 'young', 'orphan', 'unknown'), {
  maxLength: 40,
});

function judgedOf(all: readonly SweepVerdict[]): Judged[] {
  const owner = marker;
  return all.map((verdict, index) => {
    const id = String(index).padStart(4, '0');
    if (verdict !== 'orphan' && verdict !== 'unknown') return { id, verdict };
    return { id, verdict, finding: { verdict, connection: 'c', kind, id, name: id, owner, why: '' } };
  });
}

test('page by page every orphan that is to be deleted is named once and everything is counted once', () => {
  fc.assert(
    fc.property(verdicts, fc.integer({ min: 1, max: 5 }), (all, orphans) => {
      const named: string[] = [];
      let counted = 0;
      for (let rest = judgedOf(all), at: string | undefined = ''; at !== undefined; ) {
        const page: ReturnType<typeof cutPage> = cutPage(rest, { orphans, unknown: 1 }, 'delete');
        named.push(...page.findings.filter(({ verdict }) => verdict === 'orphan').map(({ id }) => id));
        counted += Object.values(page.counts).reduce((sum, count) => sum + count, 0);
        at = page.cutAt;
        rest = rest.filter(({ id }) => at !== undefined && id > at);
      }
      const wanted = judgedOf(all).filter(({ verdict }) => verdict === 'orphan');
      expect([named, counted]).toEqual([wanted.map(({ id }) => id), all.length]);
    }),
  );
});

test('a report counts what it has no room to name, and does not end its page for it', () => {
  const judged = judgedOf(['orphan', 'orphan', 'unknown', 'unknown', 'live']);
  const { counts, findings, cutAt } = cutPage(judged, { orphans: 1, unknown: 1 }, 'report');
  expect(counts).toMatchObject({ orphan: 2, unknown: 2, live: 1 });
  expect(findings.map(({ id }) => id)).toEqual(['0000', '0002']);
  expect(cutAt).toBeUndefined();
});
