/** From nothing to something that answers: the command line, a worker, the embedded server. */
import { execFileSync } from 'node:child_process';
import { startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { type Figure, figureOf } from '../measure.js';
import { sagaOf } from '../sagas.js';
import { NODE, ROOT, type Stage } from '../stage.js';
import { OURS } from '../subjects/ours.js';

export interface ColdStartRow {
  readonly what: string;
  readonly ms: Figure;
}

export async function coldStart(stage: Stage, { rounds }: { readonly rounds: number }): Promise<ColdStartRow[]> {
  await stage.temporal();
  const measured: readonly (readonly [string, (round: number) => Promise<number>])[] = [
    ['`node -e 0`, for comparison', async () => run('-e', '0')],
    ['`provisioner --version`', async () => run('dist/cli/main.js', '--version')],
    ['`provisioner plan` of two steps', async () => run('dist/cli/main.js', 'plan', 'examples/flagship.yaml')],
    ['`provisioner worker`, until its first saga of two steps has ended', (round) => firstSaga(stage, round)],
    ['embedded Temporal server, until it answers', firstAnswer],
  ];
  const rows: ColdStartRow[] = [];
  for (const [what, work] of measured) {
    const values: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      values.push(await work(round));
    }
    rows.push({ what, ms: figureOf(values) });
    stage.log(`cold start: ${what}`);
  }
  return rows;
}

function run(...args: readonly string[]): number {
  const startedAt = performance.now();
  execFileSync(NODE, args, { cwd: ROOT, stdio: 'ignore' });
  return performance.now() - startedAt;
}

async function firstSaga(stage: Stage, round: number): Promise<number> {
  const startedAt = performance.now();
  const running = await OURS.open(stage);
  try {
    const saga = sagaOf(`f_${round}`);
    await running.start(saga);
    const ending = await running.ending(saga);
    if (ending !== 'done') throw new Error(`a saga ended as ${ending}`);
    return performance.now() - startedAt;
  } finally {
    await running.close();
    await stage.simulator.empty();
  }
}

async function firstAnswer(): Promise<number> {
  const startedAt = performance.now();
  const server = await startEmbeddedServer({ port: 0, uiPort: 'none' });
  const ms = performance.now() - startedAt;
  await server.stop();
  return ms;
}
