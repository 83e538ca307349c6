/** `provisioner retry|adopt|skip|rollback|abandon|approve|reject`: an operator decides over what waits. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { ProvisionHandle } from '../../client/handle.js';
import type { MoveName, MoveRequest } from '../../contract/moves.js';
import { type Context, finish, interruption, nextCommand } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { follow } from '../follow.js';
import { addHelp, WATCHING } from '../help-text.js';
import { byOption } from '../operator.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import { withServer } from '../server.js';

interface Options {
  readonly by: string;
  readonly why: string;
  readonly wait?: true;
  readonly output?: Readonly<Record<string, string>>;
  readonly confirm?: string;
}

/** What a command has beside NAME, --why, --by and --wait. */
interface Shape {
  readonly move: MoveName;
  readonly description: string;
  readonly takes: readonly ('step' | 'id' | 'outputs' | 'confirm')[];
  /** What follows the command in its example. */
  readonly example: string;
}

const SHAPES: readonly Shape[] = [
  {
    move: 'retry',
    description: 'make a failed step again, or try its undo now',
    takes: ['step'],
    example: "flagship fabric --why 'quota raised, ticket 4711'",
  },
  {
    move: 'adopt',
    description: 'let a resource that exists stand for a failed step; in a rollback, keep what cannot be deleted',
    takes: ['step', 'id'],
    example: "flagship fabric 0a1b2c3d --why 'made by hand'",
  },
  {
    move: 'skip',
    description: 'go on without making a failed step',
    takes: ['step', 'outputs'],
    example: "flagship fabric --output id=0a1b2c3d --why 'not needed here'",
  },
  {
    move: 'rollback',
    description: 'undo everything that a paused plan made',
    takes: [],
    example: "flagship --why 'not worth waiting for' --wait",
  },
  {
    move: 'abandon',
    description: 'let go of what cannot be deleted; it may stay alive, and the ledger says so',
    takes: ['step', 'confirm'],
    example: "flagship fabric --confirm sales-fabric --why 'kept for the audit'",
  },
  {
    move: 'approve',
    description: 'create what a plan that waits for approval says',
    takes: [],
    example: "flagship --why 'reviewed'",
  },
  {
    move: 'reject',
    description: 'refuse a plan that waits for approval; nothing is created',
    takes: [],
    example: "flagship --why 'wrong region'",
  },
];

export const moveCommands: readonly (() => Command)[] = SHAPES.map((shape) => () => moveCommand(shape));

function moveCommand({ move, description, takes, example }: Shape): Command {
  const command = new Command(move).description(description).argument('<name>', 'the name of the plan');
  if (takes.includes('step')) command.argument('<step>', 'the step, as the plan calls it');
  if (takes.includes('id')) command.argument('<id>', 'the resource’s id in its cloud');
  if (takes.includes('outputs')) {
    command.requiredOption('--output <name=value>', 'an output; id, and what other steps refer to', output);
  }
  if (takes.includes('confirm')) {
    command.option('--confirm <text>', 'the resource’s name, as a sign that you know what you let go of');
  }
  command
    .requiredOption('--why <text>', 'the reason; it stands in the ledger')
    .addOption(byOption())
    .option('--wait', 'then watch the plan; the exit code is the outcome’s')
    .action((...given: unknown[]) => {
      const [name = '', step, id] = given.slice(0, -2) as string[];
      const [options, self] = given.slice(-2) as [Options, Command];
      return finish(self, (context) => act(context, { move, takes, name, step, id, options }));
    });
  return addHelp(command, { exits: EXITS, example: `${move} ${example}` });
}

const EXITS = {
  ...WATCHING,
  provisioned: 'done (with --wait: provisioned)',
  undone: 'with --wait: rolled back or cancelled',
  invalid: 'invalid input, or the move is not possible now',
  operator: 'with --wait: needs an operator, or abandoned',
  interrupted: 'stopped waiting (the move may still be carried out)',
} as const;

interface Act extends Pick<Shape, 'move' | 'takes'> {
  readonly name: string;
  readonly step: string | undefined;
  readonly id: string | undefined;
  readonly options: Options;
}

async function act({ output, global }: Context, given: Act): Promise<ExitCode> {
  const { move, name, step, options } = given;
  const signal = interruption();
  const next = (command: string) => nextCommand(global, command);
  return await withServer(global, async ({ provisioner }) => {
    const handle = await provisioner.acting(name);
    const request = await requestOf(given, output, handle);
    const answer = await answered(handle, move, request, output, signal);
    if (options.wait) {
      output.note(printable(answer));
      return await follow(handle, { output, signal, plan: name, next });
    }
    const { workflowId, runId } = handle;
    output.document({ plan: name, workflowId, runId, move, ...(step !== undefined && { step }), answer });
    output.line(`Done. ${printable(answer)}`);
    output.line(`See it with: ${next(`status ${name}`)}`);
    return EXIT.provisioned;
  });
}

async function requestOf(
  { takes, step, id, options }: Act,
  output: Output,
  handle: ProvisionHandle,
): Promise<MoveRequest> {
  const { by, why, output: outputs = {} } = options;
  const confirm = takes.includes('confirm') ? (options.confirm ?? (await asked(output, handle, step))) : undefined;
  return {
    by,
    why,
    ...(step !== undefined && { step }),
    ...(id !== undefined && { id }),
    // Whether an id is among them is the run's to say, in the same words for everybody.
    ...(takes.includes('outputs') && { outputs: outputs as MoveRequest['outputs'] & object }),
    ...(confirm !== undefined && { confirm }),
  };
}

/** On a terminal the name is asked for; a script has to know it. */
async function asked(output: Output, handle: ProvisionHandle, step = ''): Promise<string> {
  if (output.json || !process.stdin.isTTY) {
    throw new CliError(EXIT.invalid, `--confirm is missing: the name of the resource that ${step} may leave alive`);
  }
  const id = (await handle.ledger()).steps[step]?.id;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    output.note(`${step}${id === undefined ? '' : ` (${printable(id)})`} may stay alive, and nobody will delete it.`);
    return await prompt.question('Type the name of the resource to let go of it: ');
  } catch (error) {
    // Ctrl-C, or the end of the input.
    throw new CliError(EXIT.interrupted, 'Nothing was sent', [], { cause: error });
  } finally {
    prompt.close();
  }
}

/** A worker that is alive answers at once, unless the cloud has to be asked. */
const TELL_AFTER_MS = 3_000;

async function answered(
  handle: ProvisionHandle,
  move: MoveName,
  request: MoveRequest,
  output: Output,
  signal: AbortSignal,
): Promise<string> {
  const over = new AbortController();
  void sleep(TELL_AFTER_MS, undefined, { signal: over.signal })
    .then(async () => {
      const alive = await handle.liveLedger();
      if (over.signal.aborted) return;
      const waits = 'The cloud is asked, until nothing of this step can turn up any more; that may take minutes.';
      output.note(alive ? waits : 'No worker answers; start one with: provisioner worker');
    })
    .catch(() => undefined);
  try {
    return await handle.move(move, request, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(EXIT.interrupted, 'Stopped waiting; the move may still be carried out: see the ledger');
  } finally {
    over.abort();
  }
}

function output(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
