/**
 * The update `waitForStep`: its answer is a step's outputs as soon as the step is live, for whoever cannot wait for the
 * whole plan. It changes nothing. Where the run ends before that, its own end is the answer.
 */
import { CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { type StepRequest, UPDATE } from '../contract/names.js';
import type { StepOutputs } from '../contract/plan.js';
import type { Book } from './book.js';
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
    (request) => CancellationScope.nonCancellable(() => wait(request)),
    {
      validator: check,
      unfinishedPolicy: 'ABANDON',
      description: 'answers the outputs of a step once it is live',
    },
  );
}
