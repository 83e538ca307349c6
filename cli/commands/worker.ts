/** `provisioner worker`: runs plans, for those who have no Temporal worker of their own. */
import { Command } from 'commander';
import { BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { loadConfig } from '../../worker/config/load-config.js';
import { chooseDeployment, type Deployment } from '../../worker/deployment.js';
import { loadTemporalOptions } from '../../worker/temporal-connection.js';
import { type Context, finish, interruption } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { listenError } from '../listen-error.js';
import { logFormatOf, logLevelOf, type TelemetryOptions, telemetryOptions } from '../telemetry-options.js';

interface Options extends TelemetryOptions {
  readonly taskQueue?: string;
}

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('run a worker with the configured connections until Ctrl-C')
    .option('--task-queue <name>', 'queue to poll for plans')
    .action((options: Options, command: Command) => finish(command, (context) => work(context, options)));
  for (const option of telemetryOptions()) command.addOption(option);
  return addHelp(command, {
    exits: { ...SERVER, provisioned: 'ended by Ctrl-C' },
    example: 'worker --config examples/provisioner.config.yaml',
  });
}

async function work({ global }: Context, { taskQueue, ...options }: Options): Promise<ExitCode> {
  const loaded = loadConfig(global.config, process.env, BUILT_IN_PROVIDERS);
  const target = loadTemporalOptions(process.env, global);
  const deployment = chooseDeployment(loaded.deployment, process.env, loaded.file);
  const signal = interruption();
  const listen = options.listen ?? loaded.listen;
  // The native part of the SDK takes a while to load: a wrong configuration is told before.
  const { runWorker } = await import('../../worker/run-worker.js');
  const names = loaded.connections.map(({ name, simulator }) => `${name}${simulator ? ' (simulator)' : ''}`).join(', ');
  await runWorker({
    connections: loaded.connections,
    target,
    taskQueue: taskQueue ?? loaded.taskQueue,
    searchAttributes: loaded.searchAttributes,
    encryption: loaded.encryption,
    signal,
    listen,
    ...(deployment && { deployment }),
    logFormat: logFormatOf(options),
    logLevel: logLevelOf(options) ?? 'INFO',
    onReady: ({ tell, url }) => {
      tell(`Worker for ${names}, at ${target.address}, from ${loaded.file}. Ctrl-C ends it.`);
      if (deployment) tell(becomesCurrent(deployment));
      if (url !== undefined) tell(`Metrics and probes at ${url}`);
    },
  }).catch((error: unknown) => {
    throw listen ? listenError(error, { ...listen, flag: '--listen' }) : error;
  });
  return EXIT.provisioned;
}

/** A version gets nothing to do by itself. */
function becomesCurrent({ name, buildId }: Deployment): string {
  const command = `temporal worker deployment set-current-version --deployment-name ${name} --build-id ${buildId}`;
  return `It is build ${buildId} of deployment ${name}, and gets new plans once that is current: ${command}`;
}
