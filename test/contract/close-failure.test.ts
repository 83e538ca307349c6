/** What a caller's error says of a run: only what is known of it. */
import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  NexusOperationFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { expect, test } from 'vitest';
import { readCloseFailure } from '../../contract/close-failure.js';

const child = (cause: Error) => new ChildWorkflowFailure('default', {}, 'provision', 'NON_RETRYABLE_FAILURE', cause);
const operation = (cause: Error) =>
  new NexusOperationFailure('failed', 5, 'endpoint', 'provisioner', 'provision', 'token', cause);

test('an operation that its caller gave up waiting for says nothing of the run, which goes on', () => {
  expect(readCloseFailure(operation(new TimeoutFailure('late', undefined, 'SCHEDULE_TO_CLOSE')))).toBeUndefined();
});

test.each([child, operation])('a run that was ended from outside is Abandoned, whoever started it', (around) => {
  expect(readCloseFailure(around(new TerminatedFailure('ended')))?.outcome).toBe('Abandoned');
});

test.each([child, operation])('what a run closed with is read through what is around it', (around) => {
  expect(readCloseFailure(around(new CancelledFailure('cancelled')))?.outcome).toBe('Cancelled');
  expect(readCloseFailure(around(ApplicationFailure.create({ type: 'RolledBack' })))?.outcome).toBe('RolledBack');
});

test('a failure of somebody else is no end of a run', () => {
  expect(readCloseFailure(child(ApplicationFailure.create({ type: 'OutOfPaper' })))).toBeUndefined();
});
