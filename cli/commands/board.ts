/** `provisioner board`: a page for operators, on loopback until Ctrl-C; elsewhere only with a token. */
import { Command } from 'commander';
import { startBoard, unsafe } from '../../board/board.js';
import { aborted, type Context, finish, interruption } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { listenError } from '../listen-error.js';
import { portOption } from '../port.js';
import { withServer } from '../server.js';
import { readToken } from '../token.js';
import { uiLink, workflowUrl } from '../ui-link.js';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly name: readonly string[];
  readonly tokenFile?: string;
  readonly ui?: string;
  readonly taskQueue?: string;
}

const TOKEN_VARIABLE = 'PROVISIONER_BOARD_TOKEN';

const NOTES = `
Anything but 127.0.0.1 needs a token of at least 16 characters, in --token-file or ${TOKEN_VARIABLE}: whoever knows it may
see and decide everything. The board speaks plain HTTP; put a proxy with TLS in front of it, and tell its --name.`;

export function boardCommand(): Command {
  const command = new Command('board')
    .description('serve a page that shows plans and takes an operator’s moves')
    .option('--port <number>', 'port to listen on, 0 for a free one', portOption, 8234)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--name <host>',
      'another name by which browsers come; may be given again',
      (name, names) => [...names, name],
      [] as readonly string[],
    )
    .option('--token-file <file>', 'file with the token that everybody needs')
    .option('--ui <url>', 'where the Temporal UI is (default: TEMPORAL_UI_URL, or a dev server’s own)')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((options: Options, command: Command) => finish(command, (context) => board(context, options)));
  return addHelp(command, {
    notes: NOTES,
    exits: { ...SERVER, provisioned: 'ended by Ctrl-C' },
    example: 'board --port 8234',
  });
}

async function board({ output, global }: Context, options: Options): Promise<ExitCode> {
  const { port, host, name: names, ui, taskQueue } = options;
  const signal = interruption();
  const token = readToken(options.tokenFile, TOKEN_VARIABLE);
  const why = unsafe({ host, names, token });
  if (why !== undefined) throw new CliError(EXIT.invalid, why);
  return await withServer({ ...global, taskQueue }, async ({ provisioner, address, namespace }) => {
    const served = await startBoard({
      provisioner,
      address,
      namespace,
      host,
      port,
      names,
      token,
      uiOf: async (run) =>
        ui === undefined ? uiLink({ address, namespace, ...run }) : workflowUrl(ui, { namespace, ...run }),
      onDefect: (error) => output.fail(error),
    }).catch((error: unknown) => {
      throw listenError(error, options);
    });
    const { url } = served;
    output.document({ url, host, address, namespace, token: token !== undefined });
    output.line(url);
    output.note(`Plans of ${namespace} at ${address}. Ctrl-C ends the board, and nothing else.`);
    await aborted(signal);
    await served.close();
    return EXIT.provisioned;
  });
}
