/** The command line `provisioner`: its commands, its global options, and how it says that it was used wrongly. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../contract/version.js';
import { boardCommand } from './commands/board.js';
import { cancelCommand } from './commands/cancel.js';
import { codecCommand } from './commands/codec.js';
import { deprovisionCommand } from './commands/deprovision.js';
import { doctorCommand } from './commands/doctor.js';
import { exportCommand } from './commands/export.js';
import { listCommand } from './commands/list.js';
import { moveCommands } from './commands/moves.js';
import { planCommand } from './commands/plan.js';
import { provisionCommand } from './commands/provision.js';
import { schemaCommand } from './commands/schema.js';
import { setupCommand } from './commands/setup.js';
import { simulatorCommand } from './commands/simulator.js';
import { statusCommand } from './commands/status.js';
import { sweepCommand } from './commands/sweep.js';
import { upCommand } from './commands/up.js';
import { verifyCommand } from './commands/verify.js';
import { workerCommand } from './commands/worker.js';
import { CliError, EXIT } from './exit.js';
import { addHelp, type HelpText, WATCHING } from './help-text.js';
import { Output } from './output.js';

const HELP: HelpText = {
  exits: {
    ...WATCHING,
    provisioned: 'provisioned (or done)',
    operator: 'needs an operator, abandoned, or a sweep left orphans',
    drift: 'not as planned (verify)',
  },
  example: 'provision examples/flagship.yaml',
};

const COMMANDS = [
  planCommand,
  schemaCommand,
  provisionCommand,
  statusCommand,
  listCommand,
  cancelCommand,
  ...moveCommands,
  deprovisionCommand,
  verifyCommand,
  exportCommand,
  boardCommand,
  codecCommand,
  sweepCommand,
  doctorCommand,
  workerCommand,
  setupCommand,
  upCommand,
  simulatorCommand,
];

/** Runs one command. Its exit code is in `process.exitCode` afterwards. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const program = buildProgram();
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = usageExit(error, argv, program);
  }
}

/** Every command with its options, its help, and nothing that has run. */
export function buildProgram(): Command {
  const program = new Command('provisioner')
    .description('Provision data-platform resources on several clouds as one durable saga, and undo them.')
    .version(VERSION)
    .option('--json', 'print one JSON document on stdout and nothing else')
    .option('--verbose', 'print stack traces')
    .option('--address <host:port>', 'Temporal server (default: TEMPORAL_ADDRESS, the profile, or 127.0.0.1:7233)')
    .option('--namespace <name>', 'Temporal namespace (default: TEMPORAL_NAMESPACE, the profile, or default)')
    .option('--profile <name>', 'profile of the Temporal configuration file')
    .option(
      '--config <file>',
      'configuration (default: PROVISIONER_CONFIG, or provisioner.config.yaml if it is there)',
    );
  addHelp(program, HELP);
  for (const make of COMMANDS) program.addCommand(make());
  for (const command of [program, ...program.commands]) {
    // Commander would exit by itself, and would print to stderr what --json promises as a document.
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .showSuggestionAfterError(true);
    command.configureHelp({ showGlobalOptions: true });
  }
  return program;
}

/** Help and version are answers; everything else that commander throws is a wrong command line. */
function usageExit(error: CommanderError, argv: readonly string[], program: Command): number {
  if (error.exitCode === 0) return EXIT.provisioned;
  const output = new Output({ json: argv.includes('--json'), verbose: false });
  // Commander quotes what was typed, which may be a secret in the wrong place.
  const message = error.message.replace(/^error: /, '').replace(/ argument '.*' is invalid\./s, ' is not valid.');
  const asked = error.code === 'commander.help' ? 'name a command' : message;
  const command = program.commands.find((each) => each.name() === program.args[0]);
  const help = ['provisioner', command?.name(), '--help'].filter(Boolean).join(' ');
  return output.fail(new CliError(EXIT.invalid, `${asked.replace(/\.$/, '')}; see: ${help}`));
}
