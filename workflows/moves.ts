/** What each move does, once it is possible. Refused again where the cloud, or what happened meanwhile, says otherwise. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { MOVE_REFUSED, type MoveName, type MoveRequest } from '../contract/moves.js';
import type { StepOutputs } from '../contract/plan.js';
import type { AdoptInput, AdoptResult, ResolvedStep } from '../contract/steps.js';
import type { Book } from './book.js';
import { adoptOptions } from './policies.js';
import { isReset } from './reset.js';
import { callStep } from './step-activity.js';

export async function carryOut(book: Book, move: MoveName, request: MoveRequest): Promise<void> {
  const { step: key = '' } = request;
  switch (move) {
    case 'retry':
      // Somebody has seen to it: the next failures wait as little as the first.
      delete book.failedUndos[key];
      book.asked.add(key);
      // At once: whoever comes next must not decide over a step that is under way again.
      book.resume(key);
      return;
    case 'adopt':
      return book.stop ? keep(book, request) : adopt(book, request);
    case 'skip':
      return skip(book, request);
    case 'abandon': {
      const { cause } = book.step(key);
      return book.move(key, 'abandoned', cause && { cause });
    }
    case 'rollback':
      return rollback(book);
    case 'approve':
    case 'reject':
      return book.decide({ move, by: request.by, why: request.why });
    case 'deprovision':
      return book.stopFor({ by: 'deprovision', includeProtected: request.includeProtected ?? false });
  }
}

/** The first step that failed is the cause, as it would have been without a pause. */
function rollback(book: Book): void {
  const [first] = Object.entries(book.steps)
    .filter(([, { attention, cause }]) => attention?.moves.includes('rollback') && cause)
    .sort(([, a], [, b]) => ((a.attention?.since ?? '') < (b.attention?.since ?? '') ? -1 : 1));
  const [step, { cause } = {}] = first ?? [];
  if (step !== undefined && cause) book.stopFor({ by: 'failure', step, cause });
}

/** The resource stands for the step: as ours where our marker is on it, else as one that no rollback deletes. */
async function adopt(book: Book, { step: key = '', id = '' }: MoveRequest): Promise<void> {
  const { outputs, adopted = true } = await look(book, key, id);
  refuseIfStopped(book);
  if (outputs) stand(book, key, { outputs, adopted });
}

async function skip(book: Book, { step: key = '', outputs }: MoveRequest): Promise<void> {
  // What the create may have made must not stay behind unseen: it is there, or it is not.
  if (book.state(key) === 'uncertain' || isReset()) await look(book, key);
  refuseIfStopped(book);
  if (outputs) stand(book, key, { outputs, adopted: true, skipped: true });
}

/** In an undo: it cannot be deleted, and it is there. It is kept, and named as such. */
async function keep(book: Book, { step: key = '', id = '' }: MoveRequest): Promise<void> {
  const { outputs } = await look(book, key, id);
  // What is told as kept is what was named, whatever the step had before.
  if (outputs) book.outputs[key] = outputs;
  book.move(key, 'kept', { id, adopted: true });
}

interface Standing {
  readonly outputs: StepOutputs;
  readonly adopted: boolean;
  readonly skipped?: true;
}

function stand(book: Book, key: string, { outputs, adopted, skipped }: Standing): void {
  const { id } = outputs;
  book.outputs[key] = outputs;
  const resent = !adopted && (book.traces[key]?.resent ?? true);
  book.traces[key] = { ...(!adopted && { id }), resent, endedAt: Date.now() };
  book.move(key, 'live', { id, ...(adopted && { adopted }), ...(skipped && { skipped }) });
}

function look(book: Book, key: string, id?: string): Promise<AdoptResult> {
  const step = book.resolved.steps.find((one) => one.key === key) as ResolvedStep;
  const { id: made, endedAt = Date.now() } = book.traces[key] ?? {};
  const { runId: scheduledBy } = workflowInfo();
  // In an undo what was made may be kept as it is; before, it must be known whose it is.
  const tells = made !== undefined && !(book.stop && made === id);
  // What the run before a reset sent, and a delete of which nobody knows, may land as late as from now on.
  const fromNow = isReset() || book.state(key) === 'deleting';
  const uncertain = fromNow || book.state(key) === 'uncertain';
  return callStep<AdoptInput, AdoptResult>(book, step, {
    verb: 'adopt',
    summary: id === undefined ? `look for ${key}` : `adopt ${key}`,
    options: adoptOptions(book.resolved.steps.length),
    input: {
      ...(id !== undefined && { id }),
      ...(tells && { made }),
      uncertain,
      since: fromNow ? Date.now() : endedAt,
      scheduledBy,
    },
  });
}

/** While the cloud was asked, a cancel or a rollback began: it decides over the step now. */
function refuseIfStopped(book: Book): void {
  if (!book.stop) return;
  const message = 'The plan is being undone meanwhile. Nothing was changed.';
  throw ApplicationFailure.create({ type: MOVE_REFUSED, nonRetryable: true, message });
}
