/** How a run closed, in one word, and why. */
import {
  type ApplicationFailure,
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowFailedError,
} from '@temporalio/client';

interface Run {
  result(): Promise<unknown>;
}

/** `Provisioned`, `Cancelled`, or the type of the failure. */
export async function outcomeOf(run: Run): Promise<string> {
  for (;;) {
    try {
      await run.result();
      return 'Provisioned';
    } catch (error) {
      // A server that is busy lets a wait run out: the run goes on, and whoever waits asks again. The test has its own end.
      if (isTimeOut(error)) continue;
      if (!(error instanceof WorkflowFailedError)) throw error;
      return (error.cause as ApplicationFailure).type ?? 'Cancelled';
    }
  }
}

function isTimeOut(error: unknown): boolean {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some((cause) => isGrpcServiceError(cause) && isGrpcDeadlineError(cause));
}

/** What the run failed with. */
export async function failureOf(run: Run): Promise<ApplicationFailure> {
  const error: unknown = await run.result().catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowFailedError)) throw new Error('It did not fail');
  return error.cause as ApplicationFailure;
}

/** The first cause of a rollback, in the provider's words. */
export async function causeOf(run: Run): Promise<ApplicationFailure> {
  return (await failureOf(run)).cause as ApplicationFailure;
}
