/** The page of the command line: what `--help` says of each command, in the same words, since it is read from the program itself. */
import type { Command, Option } from 'commander';
import { HELP_TITLES } from '../../cli/help-text.js';
import { block, code, page, table } from './markdown.js';

export function cliPage(program: Command): string {
  return page(
    '# The command line',
    'Generated from the program; `provisioner --help` and `provisioner COMMAND --help` say the same.',
    program.description(),
    table(
      ['command', 'does'],
      program.commands.map((command) => [`[${code(command.name())}](#${command.name()})`, command.description()]),
    ),
    '## Options of every command',
    optionTable(program.options),
    '## Exit codes',
    exitTable(program),
    ...program.commands.map(section),
  );
}

function section(command: Command): string {
  const { notes, example } = helpOf(command);
  const args = command.registeredArguments.map((argument) => [
    code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
    argument.description,
  ]);
  return page(
    `## ${command.name()}`,
    `${capital(command.description())}.`,
    block('text', `provisioner ${command.name()} ${command.usage()}`),
    args.length > 0 ? table(['argument', 'is'], args) : undefined,
    command.options.length > 0 ? optionTable(command.options) : undefined,
    ...notes,
    exitTable(command),
    'Example:',
    block('text', example),
  ).trim();
}

function optionTable(options: readonly Option[]): string {
  return table(
    ['option', 'does', 'default'],
    options.map(({ flags, description, mandatory, defaultValue, defaultValueDescription }) => {
      const usual = defaultValueDescription ?? (defaultValue === undefined ? '' : code(String(defaultValue)));
      return [code(flags), description, mandatory ? 'required' : usual];
    }),
  );
}

function exitTable(command: Command): string {
  return table(
    ['exit code', 'means'],
    helpOf(command).exits.map((text) => {
      const [code = '', ...words] = text.split(' ');
      return [code, words.join(' ')];
    }),
  );
}

interface Help {
  readonly notes: readonly string[];
  readonly exits: readonly string[];
  readonly example: string;
}

/** What {@link addHelp} put below the options, told apart by its titles. */
export function helpOf(command: Command): Help {
  let written = '';
  command.configureOutput({ writeOut: (text) => (written += text) }).outputHelp();
  const below = written.slice(command.helpInformation().length).trim().split('\n\n');
  const titled = (title: string) => below.find((part) => part.startsWith(title))?.slice(title.length) ?? '';
  const [exits, example] = [titled(HELP_TITLES.exits), titled(HELP_TITLES.example)];
  if (exits === '' || example === '') throw new Error(`The help of ${command.name()} lacks exit codes or an example`);
  return {
    notes: below.filter((part) => !Object.values(HELP_TITLES).some((title) => part.startsWith(title))).map(joined),
    exits: joined(exits).replace(/\.$/, '').split('; '),
    example,
  };
}

function joined(paragraph: string): string {
  return paragraph.replaceAll('\n', ' ');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
