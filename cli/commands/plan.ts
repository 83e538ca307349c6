/** `provisioner plan FILE`: what the plan would do and what is wrong with it, without a server and without a cloud. */
import { Command } from 'commander';
import pc from 'picocolors';
import { createCatalog } from '../../activities/catalog.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import { findConfigFile } from '../../worker/config/config-file.js';
import { loadConfig } from '../../worker/config/load-config.js';
import { loadTemporalOptions } from '../../worker/temporal-connection.js';
import { type Context, finish, type GlobalOptions } from '../context.js';
import { type DryRun, type DryRunStep, dryRun } from '../dry-run.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp } from '../help-text.js';
import type { Output } from '../output.js';
import { readPlanFile } from '../plan-file.js';
import { printable } from '../printable.js';

export function planCommand(): Command {
  const command = new Command('plan')
    .description('show what a plan would do: steps, order, calls, undo (no server, no cloud)')
    .argument('<file>', 'plan in YAML or JSON, - for standard input')
    .action((file: string, _options: object, command: Command) => finish(command, (context) => plan(context, file)));
  return addHelp(command, {
    exits: { provisioned: 'the plan is sound' },
    example: 'plan examples/flagship.yaml',
  });
}

async function plan({ output, global }: Context, file: string): Promise<ExitCode> {
  const input = readPlanFile(file);
  // The namespace stands in every marker, so its length counts against the clouds' limits.
  const result = dryRun(input, catalogFor(global), loadTemporalOptions(process.env, global).namespace);
  if ('problems' in result) {
    throw new CliError(EXIT.invalid, 'The plan is invalid; nothing would be called', result.problems);
  }
  output.document(result);
  show(output, result);
  return EXIT.provisioned;
}

function catalogFor({ config }: GlobalOptions) {
  const common = { kinds: BUILT_IN_KINDS, taskQueue: DEFAULT_TASK_QUEUE, searchAttributes: true };
  if (findConfigFile(config, process.env) === undefined) return createCatalog(common);
  const { connections } = loadConfig(config, process.env, BUILT_IN_PROVIDERS, { unread: true });
  return createCatalog({ ...common, connections });
}

function show(output: Output, { plan, workflowId, onFailure, steps, warnings, connectionsChecked }: DryRun): void {
  const count = steps.length === 1 ? '1 resource' : `${steps.length} resources`;
  output.line(`Plan ${pc.bold(plan)}: ${count}, workflow ${workflowId}`);
  for (const wave of new Set(steps.map((step) => step.wave))) {
    const together = steps.filter((step) => step.wave === wave);
    output.line();
    output.line(`${wave}. ${together.length === 1 ? together[0]?.step : `${together.length} side by side`}`);
    for (const step of together) showStep(output, step);
  }
  output.line();
  output.line(
    onFailure === 'pause'
      ? 'If a step fails: waits for an operator; a cancel deletes everything again in reverse order.'
      : 'If a step fails or somebody cancels: everything made is deleted again, in reverse order.',
  );
  if (!connectionsChecked) {
    output.note('Connections were not checked: there is no configuration here. Name the worker’s with --config.');
  }
  for (const { path, message } of warnings) output.note(`${pc.yellow('warning:')} ${path}: ${message}`);
}

function showStep(output: Output, step: DryRunStep): void {
  const name = step.name === undefined ? '' : ` ${pc.bold(printable(step.name))}`;
  const simulator = step.simulator ? ' (simulator)' : '';
  output.line(`   ${pc.cyan(step.step)}  ${step.title}${name}`);
  output.line(`      connection  ${step.connection}${simulator}`);
  if (step.needs.length > 0) output.line(`      needs       ${step.needs.join(', ')}`);
  if (step.ifExists === 'adopt') output.line('      if it exists it is adopted, and never deleted by a rollback');
  output.line(`      create      ${step.create.join(', then ')}`);
  output.line(`      undo        ${step.onRollback === 'kept' ? 'none: it is kept' : step.undo.join(', then ')}`);
  if (step.irreversible !== undefined) output.line(`      ${pc.red('irreversible')} ${step.irreversible}`);
}
