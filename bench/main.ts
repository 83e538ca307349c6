/**
 * `npm run bench`: everything that is measured, in one run on one machine. `-- --scale quick` for a look; `-- --parts a,b`
 * and `-- --subjects a,b` for some of it. Tables go to stdout, progress to stderr, JSON to the file of `--json`,
 * the page that explains them to the file of `--page`. `-- --from FILE` measures nothing and shows the JSON of an earlier run.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { coldStart } from './parts/cold-start.js';
import { manyOpen } from './parts/many-open.js';
import { orphans } from './parts/orphans.js';
import { overhead } from './parts/overhead.js';
import { providerLimit, requestsPerSaga } from './parts/provider-limit.js';
import { recovery } from './parts/recovery.js';
import { twoStep } from './parts/two-step.js';
import { newestPostgres } from './postgres.js';
import { fillPage, render } from './render.js';
import type { Conditions, Results } from './results.js';
import { SCALES, type Scale } from './scales.js';
import { NODE, openStage, PEERS_ARE_INSTALLED, ROOT, type Stage } from './stage.js';
import type { Subject } from './subject.js';
import { BARE, BARE_EAGER, CAREFUL, SAMPLE } from './subjects/bare-temporal.js';
import { DBOS, DBOS_CAREFUL } from './subjects/dbos.js';
import { OURS } from './subjects/ours.js';
import { PLAIN } from './subjects/plain-node.js';
import { RESTATE } from './subjects/restate.js';

type Part = (
  stage: Stage,
  scale: Scale,
  chosen: (subjects: readonly Subject[]) => readonly Subject[],
) => Promise<Partial<Results>>;

const ALL = [OURS, BARE, BARE_EAGER, SAMPLE, CAREFUL, RESTATE, DBOS, DBOS_CAREFUL, PLAIN];

/** In the order in which they run: what is measured one at a time before what fills a server. */
const PARTS: Readonly<Record<string, Part>> = {
  'two-step': async (stage, scale, chosen) => ({
    twoStep: [
      ...(await twoStep(stage, chosen([OURS, BARE, BARE_EAGER, RESTATE, DBOS, PLAIN]), 'healthy', scale.twoStep)),
      ...(await twoStep(stage, chosen([OURS, CAREFUL, RESTATE, DBOS_CAREFUL, PLAIN]), 'refused', scale.twoStep)),
    ],
  }),
  overhead: async (stage, scale, chosen) => ({
    overhead: await overhead(stage, chosen([OURS, BARE, RESTATE, DBOS, PLAIN]), scale.overhead),
  }),
  'provider-limit': async (stage, { providerLimit: scale, together }) => ({
    requestsPerSaga: { ...(await requestsPerSaga(stage, together)), atOnce: together },
    providerLimit: await providerLimit(stage, scale),
  }),
  recovery: async (stage, scale, chosen) => ({
    recovery: await recovery(stage, chosen([OURS, CAREFUL, RESTATE, DBOS, DBOS_CAREFUL]), scale.recovery),
  }),
  orphans: async (stage, scale, chosen) => ({
    orphans: await orphans(stage, chosen([OURS, CAREFUL, SAMPLE, RESTATE, DBOS, DBOS_CAREFUL, PLAIN]), scale.orphans),
  }),
  'cold-start': async (stage, scale) => ({ coldStart: await coldStart(stage, scale.coldStart) }),
  'many-open': async (stage, scale) => ({ manyOpen: [await manyOpen(stage, scale.manyOpen)] }),
};

const log = (text: string) => process.stderr.write(`${text}\n`);
const { values: options } = given({
  options: {
    scale: { type: 'string', default: 'full' },
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
    subjects: { type: 'string', default: ALL.map(({ name }) => name).join(',') },
    json: { type: 'string', default: '.cache/bench/results.json' },
    page: { type: 'string' },
    from: { type: 'string' },
  },
});

if (!Object.hasOwn(SCALES, options.scale)) fail(`--scale is one of ${Object.keys(SCALES).join(', ')}`);
const scale = SCALES[options.scale as keyof typeof SCALES];
const parts = list(options.parts, Object.keys(PARTS), '--parts');
const subjects = list(
  options.subjects,
  ALL.map(({ name }) => name),
  '--subjects',
);

const results =
  options.from === undefined ? await measure() : (JSON.parse(readFileSync(options.from, 'utf8')) as Results);
process.stdout.write(render(results));
if (options.page) writeFileSync(options.page, fillPage(readFileSync(join(ROOT, 'bench/page.md'), 'utf8'), results));
// Figures may be what they are; the promise may not.
const ours = results.orphans?.find(({ subject }) => subject === OURS.name);
if (ours && (ours.orphans > 0 || ours.incomplete > 0 || ours.endings.open > 0)) process.exitCode = 1;

async function measure(): Promise<Results> {
  if (!PEERS_ARE_INSTALLED && [RESTATE, DBOS, DBOS_CAREFUL].some(({ name }) => subjects.includes(name)))
    fail('The peers are not installed: npm ci --prefix bench --ignore-scripts');
  const stage = await openStage(log);
  try {
    let found: Results = { conditions: await conditions(stage) };
    for (const part of parts) {
      log(`== ${part} ==`);
      const more = await PARTS[part]?.(stage, scale, (all) => all.filter(({ name }) => subjects.includes(name)));
      found = { ...found, ...more };
      // After each part, so that a run that is broken off was not for nothing.
      writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
    }
    return found;
  } finally {
    await stage.close();
  }
}

async function conditions(stage: Stage): Promise<Conditions> {
  const { client } = await stage.temporal();
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: execFileSync(NODE, ['--version'], { encoding: 'utf8' }).trim().slice(1),
    temporalServer: serverVersion,
    versions: {
      "Temporal's SDK": versionOf('node_modules/@temporalio/worker'),
      ...(PEERS_ARE_INSTALLED && {
        Restate: versionOf('bench/node_modules/@restatedev/restate-server'),
        'its SDK': versionOf('bench/node_modules/@restatedev/restate-sdk'),
        DBOS: versionOf('bench/node_modules/@dbos-inc/dbos-sdk'),
      }),
      PostgreSQL: newestPostgres() ?? 'none',
    },
    version: `temporal-provisioner ${versionOf('.')}`,
    scale: options.scale,
  };
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { readonly version: string }).version;
}

/** A mistyped option is told in a line, not with a stack trace. */
function given<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return fail(`${(error as Error).message}\nOptions: --${Object.keys(config.options ?? {}).join(', --')}`);
  }
}

function list(chosen: string, known: readonly string[], option: string): readonly string[] {
  const names = chosen.split(',');
  if (names.some((name) => !known.includes(name))) fail(`${option} is a list of ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function fail(message: string): never {
  log(message);
  process.exit(2);
}
