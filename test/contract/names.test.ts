/** Stable strings: they are in histories, in dashboards and in other people's code. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAILURE_TYPES, OUTCOMES } from '../../contract/failures.js';
import { MOVE_REFUSED, MOVES } from '../../contract/moves.js';
import {
  activityType,
  CANCEL_SELF,
  connectionTaskQueue,
  DEFAULT_TASK_QUEUE,
  deprovisionIdOf,
  MEMO,
  QUERY,
  RESOLVE_DEPROVISION,
  RESOLVE_PLAN,
  RESOLVE_SWEEP,
  RESOLVE_VERIFY,
  SEARCH_ATTRIBUTES,
  sweepIdOf,
  verifyIdOf,
  WORKFLOW,
  workflowIdOf,
} from '../../contract/names.js';
import { PLAN_LIMITS } from '../../contract/plan.js';
import { VERSION } from '../../contract/version.js';

test('a failure keeps its word, whatever else changes', () => {
  expect(FAILURE_TYPES.join(' ')).toBe(
    'InvalidRequest AccessDenied AlreadyExists NotFound NotEmpty ServiceLimitExceeded Throttling NetworkFailure ' +
      'ServiceTimeout ServiceInternalError NotStabilized OutcomeUnknown Misconfigured',
  );
  expect(OUTCOMES.join(' ')).toBe('Provisioned RolledBack Cancelled NotStarted Abandoned Deprovisioned');
});

test('what is done to a plan later is found by its name, and moves keep theirs', () => {
  expect([deprovisionIdOf('orders'), verifyIdOf('orders')]).toEqual(['deprovision-orders', 'verify-orders']);
  expect(MOVES.join(' ')).toBe('retry adopt skip rollback abandon approve reject deprovision');
  expect(MOVE_REFUSED).toBe('MoveRefused');
});

test('the sweep of a queue is found by the queue, and its requests by their name', () => {
  expect(sweepIdOf('orders')).toBe('orders-sweep');
  expect(RESOLVE_SWEEP).toBe('provisioner.resolveSweep');
});

test('workflow, query, memo and local activities keep their names', () => {
  expect(WORKFLOW).toEqual({
    provision: 'provision',
    sweep: 'sweepOrphans',
    deprovision: 'deprovision',
    verify: 'verifyPlan',
  });
  expect(QUERY).toEqual({ ledger: 'ledger', outputs: 'outputs', report: 'report' });
  expect(MEMO).toEqual({
    ledger: 'ledger',
    planHash: 'planHash',
    report: 'report',
    provisionRunIds: 'provisionRunIds',
  });
  expect([RESOLVE_PLAN, CANCEL_SELF]).toEqual(['provisioner.resolvePlan', 'provisioner.cancel']);
  expect([RESOLVE_DEPROVISION, RESOLVE_VERIFY]).toEqual([
    'provisioner.resolveDeprovision',
    'provisioner.resolveVerify',
  ]);
});

test('search attributes keep their names and types, since the server holds both', () => {
  expect(SEARCH_ATTRIBUTES).toEqual({
    ProvisionerPlan: 'KEYWORD',
    ProvisionerOutcome: 'KEYWORD',
    ProvisionerAttention: 'BOOL',
    ProvisionerConnections: 'KEYWORD_LIST',
  });
});

test('a connection has a queue of its own beside that of the workflows', () => {
  expect(DEFAULT_TASK_QUEUE).toBe('provisioner');
  expect(connectionTaskQueue('provisioner', 'huawei')).toBe('provisioner:huawei');
});

test('an activity type names the kind first and then what is done', () => {
  expect(activityType('huawei.dataarts.workspace', 'create')).toBe('huawei.dataarts.workspace.create');
});

test('a plan has one workflow id, apart from workflows of the same name', () => {
  expect(workflowIdOf('orders')).toBe('provision-orders');
});

test('a plan may have as much as the documentation says', () => {
  expect(PLAN_LIMITS).toEqual({
    maxResources: 200,
    maxBytes: 1_000_000,
    maxDepth: 100,
    maxNameLength: 63,
    maxStepLength: 40,
  });
});

test('the version that the program tells is the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(manifest.version);
});
