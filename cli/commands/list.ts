/** `provisioner list`: all provisionings of the namespace, as visibility shows them. */
import { isGrpcServiceError } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { ListOptions } from '../../client/client.js';
import type { Listed } from '../../client/listing.js';
import { deprovisionIdOf, workflowIdOf } from '../../contract/names.js';
import { type Context, finish } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { paintOutcome } from '../ledger-table.js';
import { printable } from '../printable.js';
import { withServer } from '../server.js';

export function listCommand(): Command {
  const command = new Command('list')
    .description('list provisionings, newest first')
    .option('--attention', 'only those with a step that waits for an operator')
    .option('--limit <number>', 'at most this many', positive, 100)
    .action((options: ListOptions, command: Command) => finish(command, (context) => list(context, options)));
  return addHelp(command, { exits: SERVER, example: 'list --attention' });
}

async function list({ output, global }: Context, options: ListOptions): Promise<ExitCode> {
  return await withServer(global, async ({ provisioner }) => {
    const found = await provisioner.list(options).catch((error: unknown) => {
      throw isMissingAttribute(error) ? missingAttribute(error) : error;
    });
    output.document({ provisionings: found });
    if (found.length === 0) output.line(options.attention ? 'None needs an operator.' : 'There are none.');
    const planWidth = Math.max(0, ...found.map(({ plan }) => printable(plan).length));
    for (const listed of found) output.line(row(listed, planWidth));
    return EXIT.provisioned;
  });
}

function row(listed: Listed, planWidth: number): string {
  const words = [
    printable(listed.plan).padEnd(planWidth),
    stateOf(listed),
    listed.startTime.toISOString(),
    listed.connections.map(printable).join(', '),
    // Somebody else's choice of an id: status and cancel take either.
    [workflowIdOf(listed.plan), deprovisionIdOf(listed.plan)].includes(listed.workflowId)
      ? ''
      : `workflow ${printable(listed.workflowId)}`,
  ];
  return words.join('  ').trimEnd();
}

function stateOf({ status, outcome, attention, deprovisioned }: Listed): string {
  if (attention) return pc.yellow('needs an operator');
  if (deprovisioned) return pc.dim('deprovisioned again');
  if (status === 'RUNNING' && outcome === 'Provisioned') return `${paintOutcome(outcome)} (managed)`;
  if (status === 'RUNNING') return pc.cyan('running');
  return outcome === undefined ? status.toLowerCase() : paintOutcome(outcome);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a number from 1.');
  return number;
}

/** INVALID_ARGUMENT is how visibility says that it does not know a search attribute. */
function isMissingAttribute(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === 3;
}

function missingAttribute(cause: unknown): CliError {
  return new CliError(
    EXIT.unreachable,
    'The namespace has no search attribute ProvisionerAttention; create it with: provisioner setup',
    [],
    { cause },
  );
}
