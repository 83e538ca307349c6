/**
 * The update `waitForStep`: its answer is a step's outputs as soon as the step is live, for whoever cannot wait for the
 * whole plan. It changes nothing. Where the run ends before that, its own end is the answer.
 */
import { ApplicationFailure, CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { type StepRequest, TOO_MANY_WAITERS, UPDATE } from '../contract/names.js';
import type { StepOutputs } from '../contract/plan.js';
import type { Book } from './book.js';
import { MAX_WAITERS } from './policies.js';
import { noSuchStep } from './possible-moves.js';
import { refusal } from './refusal.js';

/** @param open The run's book, once its plan is resolved. A plan that is refused has none, and its run just ends. */
export function answerWaiters(open: () => Book | undefined): void {
  const check = ({ step }: StepRequest) => {
    // What cannot be a name is refused here: once accepted, it would fail the workflow task, for ever.
    const name = `${step}`;
    const book = open();
    const why = book && noSuchStep(book, name);
    if (why !== undefined) throw refusal(why);
    return book as Book;
  };
  let waiting = 0;
  const validate = (request: StepRequest) => {
    check(request);
    if (waiting >= MAX_WAITERS) throw tooMany();
  };
  const wait = async (request: StepRequest) => {
    await condition(() => open() !== undefined);
    const book = check(request);
    const { step } = request;
    await condition(() => book.stop !== undefined || book.state(step) === 'live');
    if (book.stop) throw refusal(`${step} will not be live: the plan is being undone.`);
    return book.outputs[step] as StepOutputs;
  };
  setHandler(
    defineUpdate<StepOutputs, [StepRequest]>(UPDATE.waitForStep),
    // A cancel is answered by what it does to the run.
    async (request) => {
      waiting++;
      return await CancellationScope.nonCancellable(() => wait(request)).finally(() => waiting--);
    },
    {
      validator: validate,
      unfinishedPolicy: 'ABANDON',
      description: 'answers the outputs of a step once it is live',
    },
  );
}

function tooMany(): ApplicationFailure {
  const message = `${MAX_WAITERS} wait already: ask the queries ledger and outputs, until the step is live.`;
  const failure = ApplicationFailure.create({ type: TOO_MANY_WAITERS, nonRetryable: true, message });
  failure.stack = '';
  return failure;
}
