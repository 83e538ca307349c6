/** Which exit code an error deserves, and the one line that says what to do. Everything unknown is a defect of ours. */

import {
  InvalidPlanError,
  InvalidRequestError,
  MoveRefusedError,
  PlanConflictError,
  ProvisionFailedError,
  ProvisionNotFoundError,
} from '../client/errors.js';
import { SweepError } from '../client/sweep.js';
import { undecipherable } from '../client/undecipherable.js';
import { unreachable } from '../client/unreachable.js';
import { ConfigProblems } from '../contract/config-problems.js';
import { EmbeddedServerError } from '../worker/embedded-server/embedded-server-error.js';
import { SearchAttributeError } from '../worker/ensure-search-attributes.js';
import { NexusEndpointError } from '../worker/nexus/ensure-endpoint.js';
import { TracingError } from '../worker/telemetry/tracing.js';
import { TemporalServerError } from '../worker/temporal-connection.js';
import { CliError, EXIT, type ExitCode } from './exit.js';

const OUTCOME_EXITS: Readonly<Record<ProvisionFailedError['outcome'], ExitCode>> = {
  RolledBack: EXIT.undone,
  Cancelled: EXIT.undone,
  NotStarted: EXIT.invalid,
  Abandoned: EXIT.operator,
  Deprovisioned: EXIT.provisioned,
};

export function exitOfOutcome(outcome: ProvisionFailedError['outcome'] | 'Provisioned'): ExitCode {
  return outcome === 'Provisioned' ? EXIT.provisioned : OUTCOME_EXITS[outcome];
}

export function failureOf(error: unknown): unknown {
  const options = { cause: error };
  if (error instanceof CliError) return error;
  if (error instanceof ConfigProblems) {
    const file = error.file === undefined ? 'The configuration' : `The configuration ${error.file}`;
    return new CliError(EXIT.invalid, `${file} cannot be used`, error.problems, options);
  }
  if (error instanceof InvalidPlanError) {
    return new CliError(EXIT.invalid, 'The plan is invalid; nothing was started', error.problems, options);
  }
  if (error instanceof MoveRefusedError) {
    return new CliError(EXIT.invalid, error.message, [], options);
  }
  if (error instanceof InvalidRequestError) {
    return new CliError(
      EXIT.invalid,
      'The request cannot be carried out; nothing was started',
      error.problems,
      options,
    );
  }
  if (error instanceof PlanConflictError || error instanceof ProvisionNotFoundError) {
    return new CliError(EXIT.invalid, error.message, [], options);
  }
  if (error instanceof ProvisionFailedError) {
    return new CliError(exitOfOutcome(error.outcome), error.message, error.problems, options);
  }
  if (error instanceof SweepError) {
    const exit = error.reason === 'ended' ? EXIT.operator : EXIT.invalid;
    return new CliError(exit, error.message, error.problems, options);
  }
  if (error instanceof TemporalServerError) {
    const exit = error.reason === 'bad-settings' ? EXIT.invalid : EXIT.unreachable;
    return new CliError(exit, error.message, [], options);
  }
  if (error instanceof EmbeddedServerError) {
    const exit = error.reason === 'port-taken' ? EXIT.invalid : EXIT.unreachable;
    return new CliError(exit, error.message, [], options);
  }
  if (error instanceof TracingError) return new CliError(EXIT.invalid, error.message, [], options);
  if (error instanceof SearchAttributeError) return new CliError(EXIT.unreachable, error.message, [], options);
  if (error instanceof NexusEndpointError) {
    const exit = error.reason === 'not-offered' ? EXIT.unreachable : EXIT.invalid;
    return new CliError(exit, error.message, [], options);
  }
  // The simulator's port; its message says which.
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return new CliError(EXIT.invalid, error.message, [], options);
  }
  const locked = undecipherable(error);
  if (locked !== undefined) return new CliError(EXIT.invalid, locked, [], options);
  const message = unreachable(error);
  return message === undefined ? error : new CliError(EXIT.unreachable, message, [], options);
}
