/** `provisioner codec`: lets the Temporal UI and the Temporal command line read what is encrypted, until Ctrl-C. */
import { Command } from 'commander';
import { codecServerProblem, startCodecServer } from '../../codec-server/serve.js';
import { loadClientPart } from '../../worker/config/client-part.js';
import { aborted, type Context, finish, interruption } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp } from '../help-text.js';
import { listenError } from '../listen-error.js';
import { portOption } from '../port.js';
import { readToken } from '../token.js';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly name: readonly string[];
  readonly tokenFile?: string;
  readonly uiOrigin?: string;
}

const TOKEN_VARIABLE = 'PROVISIONER_CODEC_TOKEN';

const NOTES = `
It needs a token of at least 16 characters, in --token-file or ${TOKEN_VARIABLE}, and the keys of the configuration. The Temporal UI
sends no token of its own: open the address once in the same browser, log in, and turn on “Include cross-origin credentials”
in the UI's codec settings. It speaks plain HTTP; put a proxy with TLS in front of it, and tell its --name.`;

export function codecCommand(): Command {
  const command = new Command('codec')
    .description('serve a codec server, by which the Temporal UI shows encrypted payloads')
    .option(
      '--ui-origin <origin>',
      'the only page that may ask: where the Temporal UI is, such as http://127.0.0.1:8233',
    )
    .option('--port <number>', 'port to listen on, 0 for a free one', portOption, 8235)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--name <host>',
      'another name by which browsers come; may be given again',
      (name, names) => [...names, name],
      [] as readonly string[],
    )
    .option('--token-file <file>', 'file with the token that everybody needs')
    .action((options: Options, command: Command) => finish(command, (context) => codec(context, options)));
  return addHelp(command, {
    notes: NOTES,
    exits: { provisioned: 'ended by Ctrl-C' },
    example: 'codec --ui-origin http://127.0.0.1:8233 --token-file codec-token',
  });
}

async function codec({ output, global }: Context, options: Options): Promise<ExitCode> {
  const { port, host, name: names, uiOrigin = '' } = options;
  const token = readToken(options.tokenFile, TOKEN_VARIABLE) ?? '';
  const problem = codecServerProblem({ token, uiOrigin });
  if (problem !== undefined) throw new CliError(EXIT.invalid, problem);
  const { encryption } = loadClientPart(global.config, process.env);
  if (!encryption) {
    throw new CliError(EXIT.invalid, 'There is nothing to decrypt with: the configuration needs an encryption part');
  }
  const signal = interruption();
  const served = await startCodecServer({
    codec: encryption.codec,
    host,
    port,
    names,
    token,
    uiOrigin,
    onDefect: (error) => output.fail(error),
  }).catch((error: unknown) => {
    throw listenError(error, options);
  });
  output.document({ url: served.url, host, uiOrigin });
  output.line(served.url);
  output.note(`For the Temporal UI at ${uiOrigin}. Log in at the address above. Ctrl-C ends it.`);
  await aborted(signal);
  await served.close();
  return EXIT.provisioned;
}
