/**
 * Reads a successful answer by its documented shape. An answer of another shape is an error: taken for an empty list
 * it would prove an absence that nobody stated.
 */
import type { z } from 'zod';
import type { CloudAnswer } from '../cloud.js';
import { ProviderError } from '../provider-error.js';

interface AnswerOf {
  readonly provider: string;
  readonly operation: string;
}

export function readAnswer<T>(schema: z.ZodType<T>, answer: CloudAnswer, { provider, operation }: AnswerOf): T {
  const read = schema.safeParse(answer.body);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') || 'the body';
  throw incompleteAnswer(`${operation}: the answer is not of the documented form at ${where}`, answer, {
    provider,
    operation,
  });
}

/** A look-up whose answer cannot be believed as a whole. */
export function incompleteAnswer(
  message: string,
  answer: CloudAnswer,
  { provider, operation }: AnswerOf,
): ProviderError {
  return new ProviderError(message, {
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'never',
    provider,
    operation,
    status: answer.status,
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
  });
}
