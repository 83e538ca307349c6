/** `provisioner doctor`: whether server, configuration, credentials, permissions and clock are what plans need. */
import { Command } from 'commander';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';
import { loadClientPart } from '../../worker/config/client-part.js';
import { findConfigFile } from '../../worker/config/config-file.js';
import { loadConfig, type ProvisionerConfig } from '../../worker/config/load-config.js';
import { loadTemporalOptions } from '../../worker/temporal-connection.js';
import { type Context, finish } from '../context.js';
import type { ConnectionSetup } from '../doctor/examine-connection.js';
import { examineServer } from '../doctor/examine-server.js';
import { type Finding, isBad } from '../doctor/finding.js';
import { findingLines, summaryLine } from '../doctor/report.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addHelp } from '../help-text.js';

interface Options {
  readonly taskQueue?: string;
}

const NOTES = `
Reads secrets where it runs, so run it where the worker runs. At the clouds it makes one signed read for each kind of a
connection, and changes nothing.`;

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check server, configuration, credentials, permissions and clock; changes nothing')
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((options: Options, command: Command) => finish(command, (context) => examine(context, options)));
  return addHelp(command, {
    notes: NOTES,
    exits: {
      provisioned: 'nothing failed; a warning, such as a queue that nobody polls, may keep plans waiting',
      invalid: 'the configuration or a connection cannot be used',
      unreachable: 'the server, its namespace or its search attributes cannot be used',
    },
    example: 'doctor --config examples/provisioner.config.yaml',
  });
}

async function examine({ output, global }: Context, options: Options): Promise<ExitCode> {
  const target = loadTemporalOptions(process.env, global);
  const { config, findings: written } = readConfig(global.config);
  const connections = (config?.connections ?? []).flatMap(setupOf);
  // HTTP takes a while to load: not for commands that make no call.
  const { examineConnection } = await import('../doctor/examine-connection.js');
  const [server, ...clouds] = await Promise.all([
    examineServer({
      target,
      taskQueue: options.taskQueue ?? config?.taskQueue ?? DEFAULT_TASK_QUEUE,
      connections: connections.map(({ connection }) => connection.name),
      searchAttributes: config?.searchAttributes ?? true,
    }),
    ...connections.map(examineConnection),
  ]);
  const findings = [...server, ...written, ...clouds.flat()];
  const exit = exitOf(server, findings);
  output.document({ ok: exit === EXIT.provisioned, findings });
  for (const line of findingLines(findings)) output.line(line);
  output.line(summaryLine(findings));
  return exit;
}

/** Nothing works without the server, so its failures come first. */
function exitOf(server: readonly Finding[], all: readonly Finding[]): ExitCode {
  if (server.some(isBad)) return EXIT.unreachable;
  return all.some(isBad) ? EXIT.invalid : EXIT.provisioned;
}

interface Read {
  readonly config?: ProvisionerConfig;
  readonly findings: readonly Finding[];
}

/** Secrets are looked at later, each by itself: one that is not there must not hide what is wrong elsewhere. */
function readConfig(named: string | undefined): Read {
  const area = 'configuration';
  if (findConfigFile(named, process.env) === undefined) {
    const says = 'no provisioner.config.yaml in this folder: no connection is checked';
    return { findings: [{ area, check: 'file', level: 'warning', says, remedy: 'name it with --config' }] };
  }
  try {
    const config = loadConfig(named, process.env, BUILT_IN_PROVIDERS, { unread: true });
    const file: Finding = { area, check: 'file', level: 'fine', says: config.file };
    return { config, findings: [file, ...readKeys(named)] };
  } catch (error) {
    return { findings: problemsOf(error) };
  }
}

/** The keys of payloads, where the configuration has some. */
function readKeys(named: string | undefined): readonly Finding[] {
  const of = { area: 'configuration', check: 'encryption keys' };
  try {
    return loadClientPart(named, process.env).encryption ? [{ ...of, level: 'fine', says: 'can be read' }] : [];
  } catch (error) {
    return problemsOf(error);
  }
}

function problemsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof ConfigProblems)) throw error;
  return error.problems.map(({ path, message }) => {
    return { area: 'configuration', check: path || 'file', level: 'failure', says: message };
  });
}

function setupOf(connection: ProvisionerConfig['connections'][number]): readonly ConnectionSetup[] {
  const provider = BUILT_IN_PROVIDERS.find(({ name }) => name === connection.provider);
  const kinds = BUILT_IN_KINDS.filter((kind) => kind.provider === connection.provider);
  return provider ? [{ connection, provider, kinds }] : [];
}
