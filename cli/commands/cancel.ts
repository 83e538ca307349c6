/** `provisioner cancel NAME`: asks a running plan to roll back. */
import { Command } from 'commander';
import { type Context, finish, interruption, nextCommand } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { follow } from '../follow.js';
import { addHelp, WATCHING } from '../help-text.js';
import { withServer } from '../server.js';

interface Options {
  readonly wait?: true;
}

export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('roll a running plan back: everything it made is deleted again')
    .argument('<name>', 'the name of the plan')
    .option('--wait', 'watch until everything is undone; the exit code is the outcome’s')
    .action((name: string, options: Options, command: Command) =>
      finish(command, (context) => cancel(context, name, options)),
    );
  return addHelp(command, {
    exits: {
      ...WATCHING,
      provisioned: 'the cancel is sent',
      undone: 'with --wait: rolled back or cancelled',
      operator: 'with --wait: needs an operator, or abandoned',
    },
    example: 'cancel flagship --wait',
  });
}

async function cancel({ output, global }: Context, name: string, { wait }: Options): Promise<ExitCode> {
  const signal = interruption();
  const next = (command: string) => nextCommand(global, command);
  return await withServer(global, async ({ provisioner }) => {
    const handle = await provisioner.get(name);
    const outcome = await handle.outcome();
    if (outcome !== undefined) {
      throw new CliError(EXIT.invalid, `${handle.workflowId} ended already (${outcome}); there is nothing to cancel`);
    }
    await handle.cancel();
    if (wait) return await follow(handle, { output, signal, plan: name, next });
    output.document({ plan: name, workflowId: handle.workflowId, runId: handle.runId, cancelRequested: true });
    output.line(`${handle.workflowId} rolls back. See it with: ${next(`status ${name}`)}`);
    return EXIT.provisioned;
  });
}
