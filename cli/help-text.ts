/** What a command's help says below its options: notes, exit codes, an example. The reference page says the same. */
import type { Command } from 'commander';
import { EXIT } from './exit.js';

type Exits = Partial<Readonly<Record<keyof typeof EXIT, string>>>;

export interface HelpText {
  readonly notes?: string;
  /** What each exit code means for this command; those of {@link EVERYWHERE} need no mention. */
  readonly exits?: Exits;
  readonly example: string;
}

const EVERYWHERE: Exits = { invalid: 'invalid input', defect: 'a defect of ours' };

/** Of commands that ask a Temporal server. */
export const SERVER = { unreachable: 'cannot reach the server' } as const;

/** Of commands that watch a plan to its end. */
export const WATCHING = {
  provisioned: 'provisioned',
  undone: 'rolled back or cancelled',
  operator: 'needs an operator, or abandoned',
  ...SERVER,
  interrupted: 'stopped watching (the workflow runs on)',
} as const;

export const HELP_TITLES = { exits: 'Exit codes: ', example: 'Example: ' } as const;

export function addHelp(command: Command, { notes, exits = {}, example }: HelpText): Command {
  const meanings: Exits = { provisioned: 'done', ...EVERYWHERE, ...exits };
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const told = names.flatMap((name) => (meanings[name] === undefined ? [] : [`${EXIT[name]} ${meanings[name]}`]));
  const parts = [
    notes?.trim(),
    wrapped(`${HELP_TITLES.exits}${told.join('; ')}.`),
    `${HELP_TITLES.example}provisioner ${example}`,
  ];
  return command.addHelpText('after', `\n${parts.filter((part) => part !== undefined).join('\n\n')}`);
}

/** As wide as the notes, which are wrapped by hand. */
const WIDTH = 120;

function wrapped(text: string): string {
  return text.replace(new RegExp(`(.{1,${WIDTH}})(?:\\s+|$)`, 'g'), '$1\n').trimEnd();
}
