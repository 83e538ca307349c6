import { ActivityFailure, ApplicationFailure, CancelledFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { ResolvedStep } from '../../contract/steps.js';
import { readReport } from '../../workflows/activity-report.js';

const step: ResolvedStep = {
  key: 'a',
  kind: 'k',
  provider: 'huawei',
  connection: 'c',
  taskQueue: 'provisioner:c',
  dependsOn: [],
  ifExists: 'fail',
  retain: false,
};

const failed = (cause: Error) => new ActivityFailure('failed', 'k.create', '1', RetryState.TIMEOUT, 'me', cause);
const ours = (details: readonly unknown[], type = 'Throttling') =>
  readReport(failed(ApplicationFailure.create({ message: 'm', type, details: [...details] })), step);

test('our own failure tells its evidence and nothing else of its details', () => {
  const evidence = { provider: 'alibaba', operation: 'o', status: 429, code: 'c', requestId: 'r' };
  expect(ours([{ ...evidence, sent: 'made', id: 'x1', resent: false, secret: 's' }])).toEqual({
    cause: { type: 'Throttling', message: 'm', ...evidence },
    sent: 'made',
    id: 'x1',
    resent: false,
  });
});

test('a failure without evidence is told under the provider of its step', () => {
  expect(ours([{ sent: 'refused', resent: false }])).toEqual({
    cause: { type: 'Throttling', message: 'm', provider: 'huawei' },
    sent: 'refused',
    resent: false,
  });
});

test.each([[[]], [[null]], [['made']], [[{ sent: 'perhaps' }]], [[{}]]])(
  'details such as %j say nothing of what was sent, so nobody knows',
  (details) => {
    expect(ours(details)).toMatchObject({ sent: 'unknown', resent: true });
  },
);

test.each(['never', 'refused', 'unknown', 'made'])('our own word %s is believed', (sent) => {
  expect(ours([{ sent, resent: false }])).toMatchObject({ sent, resent: false });
});

test('a failure of our type without details tells its type and message, and nobody knows what was sent', () => {
  const bare = failed(ApplicationFailure.create({ message: 'm', type: 'Throttling' }));
  const cause = { type: 'Throttling', message: 'm', provider: 'huawei' };
  expect(readReport(bare, step)).toEqual({ cause, sent: 'unknown', resent: true });
});

test('a failure of a type that is not ours is not believed', () => {
  expect(ours([{ sent: 'never', resent: false, status: 500 }], 'TypeError')).toEqual({
    cause: { type: 'ServiceInternalError', message: 'm', provider: 'huawei', status: 500 },
    sent: 'unknown',
    resent: true,
  });
});

test('our own cancellation is believed, that of the server is not', () => {
  const cause = { type: 'OutcomeUnknown', message: 'cancelled', provider: 'huawei' };
  const report = (details: unknown[]) => readReport(failed(new CancelledFailure('c', details)), step);
  expect(report([{ sent: 'never', resent: false }])).toEqual({ cause, sent: 'never', resent: false });
  expect(report(['ACTIVITY_ID_NOT_STARTED'])).toEqual({ cause, sent: 'unknown', resent: true });
});

test('a queue without a worker is told as such, any other time-out as no answer', () => {
  const timeout = (type: 'SCHEDULE_TO_START' | 'HEARTBEAT') =>
    readReport(failed(new TimeoutFailure('t', undefined, type)), step).cause;
  expect(timeout('SCHEDULE_TO_START')).toEqual({
    type: 'Misconfigured',
    message: 'no worker took it in time from provisioner:c',
    provider: 'huawei',
  });
  expect(timeout('HEARTBEAT')).toEqual({
    type: 'ServiceTimeout',
    message: 'no answer in time (HEARTBEAT)',
    provider: 'huawei',
  });
});

test('what is no failure of an activity is told in its own words and not believed', () => {
  const cause = { type: 'ServiceInternalError', provider: 'huawei' };
  expect(readReport(new Error('e'), step)).toEqual({
    cause: { ...cause, message: 'e' },
    sent: 'unknown',
    resent: true,
  });
  expect(readReport('text', step).cause).toEqual({ ...cause, message: 'text' });
  const bare = ApplicationFailure.create({ message: 'm', type: 'Throttling', details: [{ sent: 'never' }] });
  expect(readReport(bare, step)).toMatchObject({ cause: { type: 'Throttling' }, sent: 'unknown' });
});
