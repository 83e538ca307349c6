/** `provisioner deprovision NAME`: deletes what a plan provisioned, and watches until it is verified gone. */
import { Command } from 'commander';
import type { DeprovisionRequest, Manifest } from '../../contract/manifest.js';
import { type Context, finish, interruption, nextCommand } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { follow } from '../follow.js';
import { addHelp, SERVER } from '../help-text.js';
import { byOption } from '../operator.js';
import { readPlanFile } from '../plan-file.js';
import { withServer } from '../server.js';

interface Options {
  readonly by: string;
  readonly why: string;
  readonly manifest?: string;
  readonly discover?: true;
  readonly includeProtected?: true;
  readonly detach?: true;
  readonly taskQueue?: string;
}

const NOTES = `
What is retained or was adopted is kept. What is protected is refused, unless --include-protected says otherwise. A managed
plan that is open gives up its resources itself.

Without the plan's history: --manifest names what was exported; --discover lists every kind on every connection for the
plan's markers. Both delete only what carries the marker. What was protected --discover cannot tell, so it takes
--include-protected.`;

export function deprovisionCommand(): Command {
  const command = new Command('deprovision')
    .description('delete what a plan provisioned, and watch; attaches if that is under way already')
    .argument('<name>', 'the name of the plan')
    .requiredOption('--why <text>', 'the reason; it stands in the ledger')
    .addOption(byOption())
    .option('--include-protected', 'delete what is protected, too')
    .option('--manifest <file>', 'what provisioner export wrote, - for standard input')
    .option('--discover', 'find what the plan made by its markers; needs --include-protected')
    .option('--detach', 'start it and return at once')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((name: string, options: Options, command: Command) =>
      finish(command, (context) => deprovision(context, name, options)),
    );
  return addHelp(command, {
    notes: NOTES,
    exits: {
      ...SERVER,
      provisioned: 'deprovisioned',
      invalid: 'invalid input, nothing to deprovision, or not allowed',
      operator: 'needs an operator, or abandoned',
      interrupted: 'stopped watching (it goes on)',
    },
    example: "deprovision flagship --why 'the trial is over'",
  });
}

async function deprovision({ output, global }: Context, name: string, options: Options): Promise<ExitCode> {
  const request = requestOf(name, options);
  const signal = interruption();
  const next = (command: string) => nextCommand(global, command);
  return await withServer({ ...global, taskQueue: options.taskQueue }, async ({ provisioner }) => {
    const { run } = await provisioner.deprovision(request);
    if (!options.detach) return await follow(run, { output, signal, plan: name, next });
    output.document({ plan: name, workflowId: run.workflowId, runId: run.runId, detached: true });
    output.line(`${run.workflowId} deletes it. See it with: ${next(`status ${name}`)}`);
    return EXIT.provisioned;
  });
}

/** A manifest is checked by the client, in the words of a request. */
function requestOf(plan: string, options: Options): DeprovisionRequest {
  const { by, why, manifest, discover, includeProtected } = options;
  return {
    plan,
    by,
    why,
    ...(manifest !== undefined && { manifest: readPlanFile(manifest) as Manifest }),
    ...(discover && { discover }),
    ...(includeProtected && { includeProtected }),
  };
}
