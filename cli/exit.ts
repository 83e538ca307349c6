/** How the command line ends: the exit codes that scripts rely on, and the error that carries one. */
import type { Problem } from '../contract/failures.js';

export const EXIT = {
  provisioned: 0,
  /** Rolled back or cancelled: nothing of the plan is left but what the ledger lists as kept. */
  undone: 1,
  /** The plan, the configuration or the command line is wrong: nothing was called. */
  invalid: 2,
  /** A step waits for an operator, or one let go of it. */
  operator: 3,
  /** The Temporal server, its namespace or its search attributes are not there. */
  unreachable: 4,
  /** `verify`: something is missing, or is not as planned. */
  drift: 5,
  /** A defect of ours: sysexits' EX_SOFTWARE, apart from every answer above. */
  defect: 70,
  /** Ctrl-C while watching, as shells count it. The workflow runs on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people, one line, and all problems that belong to it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
