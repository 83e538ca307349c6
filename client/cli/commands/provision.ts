/** `provisioner provision FILE`: starts a plan, or attaches to it, and watches it to its end. */
import { Command } from 'commander';
import type { Plan } from '../../../contract/plan.js';
import { checkPlanShape } from '../../../contract/plan-schema.js';
import { InvalidPlanError } from '../../errors.js';
import { type Context, finish, interruption } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { follow } from '../follow.js';
import { readPlanFile } from '../plan-file.js';
import { withServer } from '../server.js';

interface Options {
  readonly detach?: true;
  readonly taskQueue?: string;
}

export function provisionCommand(): Command {
  return new Command('provision')
    .description('provision a plan and watch it; attaches if the same plan runs already')
    .argument('<file>', 'plan in YAML or JSON, - for standard input')
    .option('--detach', 'start it and return at once')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((file: string, options: Options, command: Command) =>
      finish(command, (context) => provision(context, file, options)),
    );
}

async function provision({ output, global }: Context, file: string, options: Options): Promise<ExitCode> {
  // Before connecting: a plan that cannot start is refused without a server, too.
  const plan = soundPlan(readPlanFile(file));
  const signal = interruption();
  return await withServer({ ...global, taskQueue: options.taskQueue }, async ({ provisioner }) => {
    const handle = await provisioner.provision(plan);
    if (!options.detach) return await follow(handle, { output, signal, plan: plan.name });
    output.document({ plan: plan.name, workflowId: handle.workflowId, runId: handle.runId, detached: true });
    output.line(`Started ${handle.workflowId}. See it with: provisioner status ${plan.name}`);
    return EXIT.provisioned;
  });
}

function soundPlan(input: unknown): Plan {
  const checked = checkPlanShape(input);
  if ('problems' in checked) throw new InvalidPlanError(checked.problems);
  return checked.value;
}
