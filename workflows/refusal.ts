/** With what an update is refused: a sentence for people, what would be possible for programs, and no stack of ours. */
import { ApplicationFailure } from '@temporalio/workflow';
import { MOVE_REFUSED } from '../contract/moves.js';

export function refusal(message: string, ...details: unknown[]): ApplicationFailure {
  const failure = ApplicationFailure.create({ type: MOVE_REFUSED, nonRetryable: true, message, details });
  failure.stack = '';
  return failure;
}
