/** `provisioner provision FILE`: starts a plan, or attaches to it, and watches it to its end. */
import { Command } from 'commander';
import { createCatalog } from '../../activities/catalog.js';
import { BUILT_IN_KINDS } from '../../activities/providers/built-in-kinds.js';
import { checkPlan } from '../../client/check-plan.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import { loadTemporalOptions } from '../../worker/temporal-connection.js';
import { type Context, finish, interruption, nextCommand } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { follow } from '../follow.js';
import { addHelp, WATCHING } from '../help-text.js';
import { readPlanFile } from '../plan-file.js';
import { withServer } from '../server.js';

const CATALOG = createCatalog({ kinds: BUILT_IN_KINDS, taskQueue: DEFAULT_TASK_QUEUE, searchAttributes: true });

interface Options {
  readonly detach?: true;
  readonly taskQueue?: string;
}

export function provisionCommand(): Command {
  const command = new Command('provision')
    .description('provision a plan and watch it; attaches if the same plan runs already')
    .argument('<file>', 'plan in YAML or JSON, - for standard input')
    .option('--detach', 'start it and return at once')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((file: string, options: Options, command: Command) =>
      finish(command, (context) => provision(context, file, options)),
    );
  return addHelp(command, { exits: WATCHING, example: 'provision examples/flagship.yaml' });
}

async function provision({ output, global }: Context, file: string, options: Options): Promise<ExitCode> {
  // Before connecting: a plan that cannot start is refused without a server, too.
  const { namespace } = loadTemporalOptions(process.env, global);
  const plan = checkPlan(readPlanFile(file), CATALOG, namespace);
  const signal = interruption();
  const next = (command: string) => nextCommand(global, command);
  return await withServer({ ...global, taskQueue: options.taskQueue }, async ({ provisioner }) => {
    const handle = await provisioner.provision(plan);
    if (!options.detach) return await follow(handle, { output, signal, plan: plan.name, next });
    output.document({ plan: plan.name, workflowId: handle.workflowId, runId: handle.runId, detached: true });
    output.line(`Started ${handle.workflowId}. See it with: ${next(`status ${plan.name}`)}`);
    return EXIT.provisioned;
  });
}
