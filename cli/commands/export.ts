/** `provisioner export NAME`: prints a plan's manifest, with which it can be verified and deprovisioned without its history. */
import { Command } from 'commander';
import { type Context, finish } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { printableJson } from '../printable.js';
import { withServer } from '../server.js';

export function exportCommand(): Command {
  const command = new Command('export')
    .description('print what a plan made, and in whose name, as a manifest to keep')
    .argument('<name>', 'the name of the plan')
    .action((name: string, _options: object, command: Command) => finish(command, (context) => print(context, name)));
  return addHelp(command, { exits: SERVER, example: 'export flagship > flagship.manifest.json' });
}

async function print({ output, global }: Context, name: string): Promise<ExitCode> {
  return await withServer(global, async ({ provisioner }) => {
    const manifest = await provisioner.export(name);
    output.document(manifest);
    output.line(printableJson(manifest));
    return EXIT.provisioned;
  });
}
