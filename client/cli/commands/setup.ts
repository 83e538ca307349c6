/** `provisioner setup`: creates the search attributes that `provision` writes. May be run any number of times. */
import { Command } from 'commander';
import { SEARCH_ATTRIBUTES } from '../../../contract/names.js';
import { ensureSearchAttributes } from '../../../worker/ensure-search-attributes.js';
import { connectToTemporal, loadTemporalOptions } from '../../../worker/temporal-connection.js';
import { type Context, finish } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';

export function setupCommand(): Command {
  return new Command('setup')
    .description('create the search attributes of the namespace, once')
    .option('--config <file>', 'accepted like by worker and up; setup needs nothing from it')
    .action((_options: object, command: Command) => finish(command, setup));
}

async function setup({ output, global }: Context): Promise<ExitCode> {
  const target = loadTemporalOptions(process.env, global);
  const connection = await connectToTemporal(target);
  try {
    const check = await ensureSearchAttributes(connection, target.namespace);
    if (check.unknown) {
      throw new CliError(
        EXIT.unreachable,
        `The server does not let us create search attributes: create ${list(Object.keys(SEARCH_ATTRIBUTES))} in its console`,
      );
    }
    const { namespace } = target;
    output.document({ namespace, created: check.missing });
    output.line(
      check.missing.length === 0
        ? `Namespace ${namespace} has all search attributes.`
        : `Created in namespace ${namespace}: ${list(check.missing)}.`,
    );
    return EXIT.provisioned;
  } finally {
    await connection.close();
  }
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
