import { expect, test } from 'vitest';
import { ownersSince } from '../../activities/deprovision/owners-since.js';
import type { ChainRun } from '../../activities/owner/chain.js';

const owner = { namespace: 'default', workflowId: 'provision-p', runId: 'r1' };
const closed: ChainRun = {
  ...owner,
  firstRunId: 'r1',
  workflowType: 'provision',
  status: 'completed',
  closedAt: 1_000,
};
const since = (at: number, run: ChainRun | undefined, owners = [owner]) => ownersSince(owners, at, async () => run);

test('an owner that closed before is closed, and one that closed since has run', async () => {
  expect(await since(1_001, closed)).toBe('closed');
  expect(await since(1_000, closed)).toBe('ran');
});

test('an owner that is open is open, whatever the others are', async () => {
  const { closedAt: _never, ...open } = { ...closed, status: 'open' as const };
  expect(await since(0, open)).toBe('open');
});

test('an owner whose name has another chain by now, or that nobody knows, is closed', async () => {
  expect(await since(0, undefined)).toBe('closed');
  const other: ChainRun = { ...closed, runId: 'r9', firstRunId: 'r9' };
  expect(await ownersSince([owner], 0, async (_id, run) => (run === undefined ? other : closed))).toBe('closed');
});

test('of several owners each is asked', async () => {
  const owners = [owner, { ...owner, workflowId: 'provision-q' }];
  const answer = async (id: string) => (id === 'provision-q' ? { ...closed, closedAt: 9_000 } : closed);
  expect(await ownersSince(owners, 5_000, answer)).toBe('ran');
});
