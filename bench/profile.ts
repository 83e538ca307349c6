/**
 * `npm run bench:profile`: where a worker's CPU time goes, a saga of two steps, by thread and by module. `-- --subject bare`
 * for another subject, `--sagas` and `--at-once` for how many. The V8 profiler slows what it looks at, and sees the worker's
 * start as well: of its tables only the proportions count.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { threadsOf } from './measure.js';
import { sagaOf } from './sagas.js';
import { openStage, type Stage } from './stage.js';
import type { OpenSubject, Subject } from './subject.js';
import { BARE } from './subjects/bare-temporal.js';
import { OURS } from './subjects/ours.js';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly url: string; readonly functionName: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SHOWN = 20;
const WIDTH = 80;
const WARM_UP = 100;
const SUBJECTS: readonly Subject[] = [OURS, BARE];

const { values: options } = parseArgs({
  options: {
    subject: { type: 'string', default: OURS.name },
    sagas: { type: 'string', default: '500' },
    'at-once': { type: 'string', default: '16' },
  },
});
const chosen = SUBJECTS.find(({ name }) => name === options.subject);
const sagas = Number(options.sagas);
const atOnce = Number(options['at-once']);
if (!chosen || !(sagas > 0) || !(atOnce > 0)) {
  process.stderr.write(`--subject is one of ${SUBJECTS.map(({ name }) => name).join(', ')}; the others are numbers\n`);
  process.exit(2);
}

const stage = await openStage((text) => process.stderr.write(`${text}\n`));
try {
  show(`${chosen.title}: CPU ms a saga, by thread`, await byThread(stage, chosen));
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  try {
    await profiled(stage, chosen, folder);
    for (const file of readdirSync(folder)) {
      const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
      show(`${threadOf(profile)}: ms a saga under the profiler, by module`, byModule(profile));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
} finally {
  await stage.close();
}

async function byThread(on: Stage, subject: Subject): Promise<Map<string, number>> {
  const running = await subject.open(on);
  try {
    await run(running, 'w', WARM_UP);
    await on.simulator.empty();
    const [pid = 0] = running.pids().workers;
    const before = threadsOf(pid);
    await run(running, 't', sagas);
    const spent = new Map<string, number>();
    for (const [thread, ms] of threadsOf(pid)) spent.set(thread, (ms - (before.get(thread) ?? 0)) / sagas);
    return spent;
  } finally {
    await running.close();
    await on.simulator.empty();
  }
}

/** The profiles are written when the worker's threads end. */
async function profiled(on: Stage, subject: Subject, folder: string): Promise<void> {
  const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const running = await subject.open(on, { nodeFlags });
  try {
    await run(running, 'p', sagas);
  } finally {
    await running.close();
  }
}

async function run(running: OpenSubject, label: string, count: number): Promise<void> {
  const left = Array.from({ length: count }, (_, index) => sagaOf(`${label}_${index}`)).values();
  const lane = async () => {
    for (const saga of left) {
      await running.start(saga);
      await running.ending(saga);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Workflows run in a thread of their own, the SDK's. */
function threadOf({ nodes }: CpuProfile): string {
  return nodes.some(({ callFrame }) => basename(callFrame.url) === 'workflow-worker-thread.js')
    ? 'Workflow thread'
    : 'Main thread';
}

function byModule({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const moduleOf = new Map(
    nodes.map(({ id, callFrame: { url, functionName } }) => [id, moduleName(url) || functionName]),
  );
  const spent = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = moduleOf.get(id) ?? '';
    if (name !== '(idle)') spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000 / sagas);
  });
  return spent;
}

/** `undici/lib/core` of a package, `dist/activities/http` of ours. */
function moduleName(url: string): string {
  const path = url.replace(/^.*\/node_modules\//u, '').replace(`file://${process.cwd()}/`, '');
  return path.startsWith('node:') ? path : path.split('/').slice(0, 3).join('/');
}

function show(title: string, spent: ReadonlyMap<string, number>): void {
  const rows = [...spent].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  const line = ([name, ms]: readonly [string, number]) => `${ms.toFixed(2).padStart(8)}  ${name.slice(0, WIDTH)}`;
  process.stdout.write(`${[title, ...rows.map(line), line(['in all', total])].join('\n')}\n\n`);
}
