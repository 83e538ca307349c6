/** `provisioner simulator`: the documented endpoints of the clouds on one port. The first line tells how to use it. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type PartialCredentials, parseCredentials } from '../../simulator/credentials.js';
import { startSimulator } from '../../simulator/start.js';
import { aborted, finish, interruption } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp } from '../help-text.js';
import { listenError } from '../listen-error.js';
import { writeLineNow } from '../output.js';
import { portOption } from '../port.js';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly credentials?: string;
}

export function simulatorCommand(): Command {
  const command = new Command('simulator')
    .description('serve the documented endpoints of the clouds; state is kept in memory')
    .option('--port <number>', 'port to listen on, 0 for a free one', portOption, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--credentials <file>', 'what to accept, in the shape of the first line (JSON)')
    .action((options: Options, command: Command) => finish(command, () => simulate(options)));
  return addHelp(command, { exits: { provisioned: 'ended by Ctrl-C' }, example: 'simulator --port 8080' });
}

async function simulate(options: Options): Promise<ExitCode> {
  const { port, host, credentials } = options;
  const signal = interruption();
  const simulator = await startSimulator({
    port,
    host,
    ...(credentials !== undefined && { credentials: readCredentials(credentials) }),
  }).catch((error: unknown) => {
    throw listenError(error, options);
  });
  // The same line with and without --json: programs read it, and it is JSON either way.
  writeLineNow(JSON.stringify(simulator.description));
  await aborted(signal);
  await simulator.close();
  return EXIT.provisioned;
}

function readCredentials(file: string): PartialCredentials {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Neither error is kept: the parser's message quotes the file, which holds secrets.
    throw new CliError(
      EXIT.invalid,
      `${file} must be a readable JSON file, in the shape of the simulator's first line`,
    );
  }
  try {
    return parseCredentials(value);
  } catch (error) {
    throw new CliError(EXIT.invalid, error instanceof Error ? error.message : 'The credentials are invalid');
  }
}
