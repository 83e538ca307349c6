/** `provisioner up`: server, worker, and without a configuration the simulator, in one process until Ctrl-C. */
import { Command } from 'commander';
import pc from 'picocolors';
import { BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { findConfigFile } from '../../worker/config/config-file.js';
import { loadConfig } from '../../worker/config/load-config.js';
import { aborted, type Context, finish, interruption } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { listenError } from '../listen-error.js';
import type { Output } from '../output.js';
import { portOption } from '../port.js';
import { type Stack, startStack } from '../stack.js';
import { logFormatOf, logLevelOf, type TelemetryOptions, telemetryOptions } from '../telemetry-options.js';

interface Options extends TelemetryOptions {
  readonly port: number;
  readonly uiPort?: number;
  readonly simulatorPort: number;
  readonly db?: string;
}

export function upCommand(): Command {
  const command = new Command('up')
    .description('start a Temporal server and a worker here; without a configuration the simulator, too')
    .option('--port <number>', 'port of the Temporal server, 0 for a free one', portOption, 7233)
    .option('--ui-port <number>', 'port of the Temporal UI', portOption)
    .option('--simulator-port <number>', 'port of the simulator, 0 for a free one', portOption, 0)
    .option('--db <file>', 'keep histories in this file')
    .action((options: Options, command: Command) => finish(command, (context) => up(context, options)));
  for (const option of telemetryOptions()) command.addOption(option);
  return addHelp(command, { exits: { ...SERVER, provisioned: 'ended by Ctrl-C' }, example: 'up --db provisioner.db' });
}

async function up({ output, global }: Context, options: Options): Promise<ExitCode> {
  const signal = interruption();
  const file = findConfigFile(global.config, process.env);
  const config = file === undefined ? undefined : loadConfig(global.config, process.env, BUILT_IN_PROVIDERS);
  const listen = options.listen ?? config?.listen;
  const stack = await startStack({
    config,
    listen,
    port: options.port,
    uiPort: options.uiPort,
    simulatorPort: options.simulatorPort,
    namespace: global.namespace,
    dbFilename: options.db,
    logLevel: logLevelOf(options) ?? (output.verbose ? 'INFO' : 'ERROR'),
    logFormat: logFormatOf(options),
    onProgress: (text) => output.note(text),
  }).catch((error: unknown) => {
    throw listen ? listenError(error, { ...listen, flag: '--listen' }) : error;
  });
  try {
    tell(output, stack);
    await Promise.race([aborted(signal), stack.ended]);
    output.note('Stopping; creates in flight are finished first.');
  } finally {
    await stack.stop();
  }
  return EXIT.provisioned;
}

function tell(output: Output, { server, simulator, simulated, telemetryUrl, dbFilename }: Stack): void {
  output.document({
    address: server.address,
    namespace: server.namespace,
    ui: server.uiUrl ?? null,
    simulator: simulator?.description ?? null,
    database: dbFilename ?? null,
    telemetry: telemetryUrl ?? null,
  });
  output.line(`Temporal   ${pc.bold(server.address)}, namespace ${server.namespace}`);
  if (server.uiUrl !== undefined) output.line(`UI         ${server.uiUrl}`);
  if (simulator) {
    output.line(`Simulator  ${simulator.endpoint}: nothing real is touched`);
    output.line('           connections huawei, naver and alibaba lead there');
  }
  if (simulated.length > 0) output.line(`Simulator  behind ${simulated.join(', ')}: nothing real is touched there`);
  if (telemetryUrl !== undefined) output.line(`Metrics    ${telemetryUrl}/metrics, with /healthz and /readyz`);
  output.line(`Histories  ${dbFilename ?? 'in memory: gone when this ends'}`);
  output.line();
  const where = server.address === '127.0.0.1:7233' ? '' : ` --address ${server.address}`;
  output.line(`In another terminal: provisioner${where} provision PLAN.yaml`);
  output.line(`To watch and decide:  provisioner${where} board`);
}
