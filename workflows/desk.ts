/**
 * Where operators' moves arrive: one update for each, refused with what is possible instead, kept in the ledger with who,
 * why and when, one at a time for each step. What needs a cloud is asked in the handler, so that a check that fails is
 * an accepted update that fails.
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { checkMove } from '../contract/check-move.js';
import { MOVE_LIMITS, MOVE_REFUSED, MOVES, type MoveName, type MoveRequest } from '../contract/moves.js';
import { causeOf } from './activity-report.js';
import type { Book } from './book.js';
import { carryOut } from './moves.js';
import { possibleMoves, whyNot } from './possible-moves.js';
import { refusal } from './refusal.js';

/** Shown in the Temporal UI beside the update's name. */
const MEANS: Readonly<Record<MoveName, string>> = {
  retry: 'make a failed step again, or try its undo now',
  adopt: 'let a resource that exists stand for a step, or keep what cannot be undone',
  skip: 'go on without making a step; its outputs are given',
  rollback: 'undo everything',
  abandon: 'let go of what cannot be undone; confirm with its name',
  approve: 'create what the plan says',
  reject: 'create nothing',
  deprovision: 'give up what a managed plan owns',
};

export class Desk {
  book: Book | undefined;

  constructor() {
    for (const move of MOVES) {
      setHandler(defineUpdate<string, [MoveRequest]>(move), (request) => this.take(move, request), {
        validator: (request) => this.check(move, request),
        description: MEANS[move],
      });
    }
  }

  /** From now on moves are possible. */
  open(book: Book): Book {
    this.book = book;
    return book;
  }

  /** Before the run ends, whoever sent a move gets an answer. */
  async close(): Promise<void> {
    if (allHandlersFinished()) return;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }

  private check(move: MoveName, request: MoveRequest): Book {
    const problems = checkMove(move, request);
    const words = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    if (problems.length > 0) throw refusal(`${move}: ${words.join('; ')}`);
    const { book } = this;
    if (!book) throw tooEarly();
    const why = whyNot(book, move, request);
    if (why !== undefined) throw refusal(why, { possible: possibleMoves(book) });
    return book;
  }

  private async take(move: MoveName, request: MoveRequest): Promise<string> {
    const { book } = this;
    if (!book) throw tooEarly();
    const { step, by, why, id } = request;
    const settle = book.record({ move, by, why, ...(step !== undefined && { step }), ...(id !== undefined && { id }) });
    // After a cancel an activity that is called from a handler would fail at once, just when a move is needed most.
    return CancellationScope.nonCancellable(async () => {
      try {
        await book.turns.take(step ?? '', async () => {
          // It may have waited for its turn: what was possible then need not be now.
          this.check(move, request);
          await carryOut(book, move, request);
        });
        settle({ result: 'done' });
        return `${by}: ${[move, step].filter(Boolean).join(' ')} (${why})`;
      } catch (error) {
        const failure = asRefusal(book, request, error);
        settle({ result: 'failed', error: failure.message.slice(0, MOVE_LIMITS.error) });
        throw failure;
      }
    });
  }
}

/** Everything else would fail the workflow task instead of the update, and be tried for ever. */
function asRefusal(book: Book, { step }: MoveRequest, error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure && error.type === MOVE_REFUSED) return error;
  const { provider = '', taskQueue = '' } = book.resolved.steps.find(({ key }) => key === step) ?? {};
  const { message, ...facts } = causeOf(error, { provider, taskQueue });
  return refusal(`${message}. Nothing was changed.`, { possible: possibleMoves(book), cause: facts });
}

function tooEarly(): ApplicationFailure {
  return refusal('The plan is not checked yet; send it again in a moment.');
}
