/** `provisioner verify NAME`: whether what a plan provisioned is there and as planned, field by field. Changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { ProvisionerClient } from '../../client/client.js';
import type { VerifyReport } from '../../contract/deprovision.js';
import type { Manifest } from '../../contract/manifest.js';
import { type Context, finish, interruption } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import type { Output } from '../output.js';
import { readPlanFile } from '../plan-file.js';
import { withServer } from '../server.js';
import { exitOfVerified, verifiedLines } from '../verify-report.js';

interface Options {
  readonly manifest?: string;
  readonly taskQueue?: string;
}

export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('compare what a plan provisioned with the plan, at its clouds; changes nothing')
    .argument('<name>', 'the name of the plan')
    .option('--manifest <file>', 'what provisioner export wrote, where the history is gone; - for standard input')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((name: string, options: Options, command: Command) =>
      finish(command, (context) => verify(context, name, options)),
    );
  return addHelp(command, {
    exits: {
      ...SERVER,
      provisioned: 'everything is there as planned',
      drift: 'something is missing or differs, or the plan ended Abandoned',
      operator: 'something could not be looked at',
      invalid: 'invalid input, or the plan is unknown or not provisioned',
      interrupted: 'stopped waiting (it runs on)',
    },
    example: 'verify flagship',
  });
}

async function verify({ output, global }: Context, plan: string, options: Options): Promise<ExitCode> {
  const { manifest, taskQueue } = options;
  const request = { plan, ...(manifest !== undefined && { manifest: readPlanFile(manifest) as Manifest }) };
  const signal = interruption();
  return await withServer({ ...global, taskQueue }, async ({ provisioner }) => {
    const report = await reportOf(provisioner, request, output, signal);
    output.document(report);
    for (const line of verifiedLines(report)) output.line(line);
    return exitOfVerified(report);
  });
}

/** A worker that is alive has looked at most plans by then. */
const TELL_AFTER_MS = 5_000;

async function reportOf(
  provisioner: ProvisionerClient,
  request: Parameters<ProvisionerClient['verify']>[0],
  output: Output,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const over = new AbortController();
  void sleep(TELL_AFTER_MS, undefined, { signal: over.signal })
    .then(() => output.note('No answer yet; if no worker runs, start one with: provisioner worker'))
    .catch(() => undefined);
  try {
    return await provisioner.verify(request, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(EXIT.interrupted, 'Stopped waiting; the same command joins the verification again');
  } finally {
    over.abort();
  }
}
