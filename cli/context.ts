/** What every command gets: where to write, which server, and the frame that turns its end into an exit code. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './exit.js';
import { failureOf } from './failure-of.js';
import { Output } from './output.js';

export interface GlobalOptions {
  readonly json?: true;
  readonly verbose?: true;
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly config?: string;
}

export interface Context {
  readonly output: Output;
  readonly global: GlobalOptions;
}

/** The command for the user to type next, with what was given to reach the server this time. */
export function nextCommand({ address, namespace, profile, config }: GlobalOptions, command: string): string {
  const flags = Object.entries({ address, namespace, profile, config }).filter(([, value]) => value !== undefined);
  return ['provisioner', ...flags.map(([name, value]) => `--${name} ${value}`), command].join(' ');
}

/** Runs a command's body, tells its error if it throws, and sets the process's exit code. */
export async function finish(command: Command, body: (context: Context) => Promise<ExitCode>): Promise<void> {
  const global = command.optsWithGlobals<GlobalOptions>();
  const output = new Output({ json: global.json ?? false, verbose: global.verbose ?? false });
  try {
    process.exitCode = await body({ output, global });
  } catch (error) {
    process.exitCode = output.fail(failureOf(error));
  }
}

/** Aborted by the first Ctrl-C or SIGTERM; the second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(name);
  };
  // Not `once`: log-update's signal-exit kills the process where it finds no listener left but its own.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
