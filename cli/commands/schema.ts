/** `provisioner schema`: prints a plan's JSON Schema, or one kind's, for editors and for programs in other languages. */
import { Command } from 'commander';
import { kindJsonSchema, planJsonSchema } from '../../activities/plan-json-schema.js';
import { BUILT_IN_KINDS } from '../../activities/providers/built-in-kinds.js';
import { type Context, finish } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp } from '../help-text.js';

interface Options {
  readonly kind?: string;
}

export function schemaCommand(): Command {
  const command = new Command('schema')
    .description('print the JSON Schema of a plan, for editors; needs no server')
    .option('--kind <name>', 'only the spec of this kind')
    .action((options: Options, command: Command) => finish(command, async (context) => print(context, options)));
  return addHelp(command, { example: 'schema --kind huawei.dataarts-fabric.workspace' });
}

function print({ output }: Context, { kind: name }: Options): ExitCode {
  const schema = name === undefined ? planJsonSchema(BUILT_IN_KINDS) : kindSchema(name);
  output.document(schema);
  output.line(JSON.stringify(schema, undefined, 2));
  return EXIT.provisioned;
}

function kindSchema(name: string) {
  const kind = BUILT_IN_KINDS.find((each) => each.name === name);
  if (kind) return kindJsonSchema(kind);
  const known = BUILT_IN_KINDS.map((each) => each.name);
  throw new CliError(EXIT.invalid, `--kind must be one of: ${known.join(', ')}`);
}
