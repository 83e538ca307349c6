/** `provisioner setup`: what a namespace needs once, and the schedule of sweeps. May be run any number of times. */
import { Client } from '@temporalio/client';
import { Command } from 'commander';
import { removeSweepSchedule, setSweepSchedule } from '../../client/sweep.js';
import { SEARCH_ATTRIBUTES } from '../../contract/names.js';
import { loadClientPart } from '../../worker/config/client-part.js';
import { ensureNamespace } from '../../worker/ensure-namespace.js';
import { ensureSearchAttributes, type SearchAttributeCheck } from '../../worker/ensure-search-attributes.js';
import { type EndpointTarget, ensureNexusEndpoint } from '../../worker/nexus/ensure-endpoint.js';
import {
  connectToServer,
  connectToTemporal,
  loadTemporalOptions,
  type TemporalTarget,
} from '../../worker/temporal-connection.js';
import { type Context, finish } from '../context.js';
import { CliError, EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import { durationOption } from '../sweep-options.js';

interface Options {
  readonly taskQueue?: string;
  readonly sweep?: number | 'off';
  readonly sweepDelete?: boolean;
  readonly sweepGrace?: number;
  readonly nexusEndpoint?: string;
  readonly createNamespace?: boolean;
  readonly retention?: number;
}

export function setupCommand(): Command {
  const command = new Command('setup')
    .description('create the search attributes of the namespace, once; with --sweep, a schedule of sweeps')
    .option('--create-namespace', 'create the namespace first, where a server of your own lacks it')
    .option(
      '--retention <time>',
      'with --create-namespace: how long closed plans are kept (default: 720h)',
      durationOption,
    )
    .option('--task-queue <name>', 'with --sweep or --nexus-endpoint: queue that the worker polls')
    .option('--nexus-endpoint <name>', 'create the endpoint that leads callers in other namespaces to the worker')
    .option('--sweep <time>', 'look for orphans so often, such as 1h; off ends that', everyOption)
    .option('--sweep-delete', 'with --sweep: delete them as well; without it they are only reported')
    .option(
      '--sweep-grace <time>',
      'with --sweep: how long an owner must have been closed (default: 1h)',
      durationOption,
    )
    .action((options: Options, command: Command) => finish(command, (context) => setup(context, options)));
  return addHelp(command, { exits: SERVER, example: 'setup --sweep 1h' });
}

/** A sweep lists whole accounts: more often than this it would do little else. */
const OFTENEST_MS = 60_000;

function everyOption(text: string): number | 'off' {
  return text === 'off' ? 'off' : Math.max(OFTENEST_MS, durationOption(text));
}

async function setup({ output, global }: Context, options: Options): Promise<ExitCode> {
  if (options.sweep === undefined && (options.sweepDelete || options.sweepGrace !== undefined)) {
    throw new CliError(
      EXIT.invalid,
      'Say how often: --sweep-delete and --sweep-grace need --sweep, such as --sweep 1h',
    );
  }
  if (options.retention !== undefined && !options.createNamespace) {
    throw new CliError(EXIT.invalid, '--retention needs --create-namespace: an existing namespace stays as it is');
  }
  const target = loadTemporalOptions(process.env, global);
  // A scheduled sweep's request is a payload like any other.
  const { encryption, searchAttributes, taskQueue: written } = loadClientPart(global.config, process.env);
  const { sweep: every, nexusEndpoint, taskQueue = written } = options;
  const created = options.createNamespace && (await createNamespace(target, options.retention));
  const connection = await connectToTemporal(target);
  try {
    const check = searchAttributes ? await ensureSearchAttributes(connection, target.namespace) : undefined;
    const { namespace } = target;
    const client = new Client({
      connection,
      namespace,
      ...(encryption && { dataConverter: encryption.dataConverter }),
    });
    const sweep = every === undefined ? undefined : await scheduleSweep(client, taskQueue, options);
    const endpoint =
      nexusEndpoint === undefined ? undefined : await makeEndpoint(client, nexusEndpoint, { namespace, taskQueue });
    output.document({
      namespace,
      ...(options.createNamespace && { namespaceCreated: created }),
      ...attributesDocument(check),
      ...(sweep && { sweep: sweep.document }),
      ...(endpoint && { nexusEndpoint: endpoint.document }),
    });
    if (created) output.line(`Created namespace ${namespace}.`);
    output.line(attributesLine(check, namespace));
    if (sweep) output.line(sweep.line);
    if (endpoint) output.line(endpoint.line);
    return EXIT.provisioned;
  } finally {
    await connection.close();
  }
}

type Check = SearchAttributeCheck | undefined;

function attributesDocument(check: Check): object {
  return check?.unknown ? { created: [], searchAttributes: 'unknown' } : { created: check?.missing ?? [] };
}

function attributesLine(check: Check, namespace: string): string {
  if (check === undefined) return 'Search attributes are turned off by the configuration.';
  if (check.unknown) {
    return `The server does not tell which search attributes ${namespace} has: it needs ${list(Object.keys(SEARCH_ATTRIBUTES))}.`;
  }
  if (check.missing.length === 0) return `Namespace ${namespace} has all search attributes.`;
  return `Created in namespace ${namespace}: ${list(check.missing)}.`;
}

/** A plan can be given up by its history for so long: thirty days. */
const RETENTION_MS = durationOption('720h');

async function createNamespace(target: TemporalTarget, retentionMs = RETENTION_MS): Promise<boolean> {
  const connection = await connectToServer(target);
  try {
    return await ensureNamespace(connection, { namespace: target.namespace, retentionMs });
  } finally {
    await connection.close();
  }
}

async function makeEndpoint(
  { connection }: Client,
  name: string,
  target: EndpointTarget,
): Promise<{ readonly document: object; readonly line: string }> {
  const created = await ensureNexusEndpoint(connection, name, target);
  return {
    document: { name, created, ...target },
    line: `${created ? 'Created the' : 'There is a'} Nexus endpoint ${name}: it leads to queue ${target.taskQueue}.`,
  };
}

async function scheduleSweep(
  client: Client,
  taskQueue: string,
  { sweep, sweepDelete = false, sweepGrace }: { [Key in keyof Options]: Options[Key] | undefined },
): Promise<{ readonly document: object; readonly line: string }> {
  if (sweep === 'off' || sweep === undefined) {
    const removed = await removeSweepSchedule(client, taskQueue);
    return { document: { schedule: 'off' }, line: removed ? 'No more sweeps.' : 'There was no schedule of sweeps.' };
  }
  const request = { delete: sweepDelete, ...(sweepGrace !== undefined && { graceMs: sweepGrace }) };
  const schedule = await setSweepSchedule(client, { taskQueue, everyMs: sweep, request });
  const what = sweepDelete ? 'orphans are deleted' : 'orphans are reported';
  return {
    document: { schedule, everyMs: sweep, ...request },
    line: `Sweeps every ${sweep / 60_000} min (schedule ${schedule}): ${what}.`,
  };
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
