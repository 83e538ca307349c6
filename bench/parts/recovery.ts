/** How long it takes from a cancel until nothing of a saga is alive, and from the end of a worker until a saga has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, figureOf } from '../measure.js';
import { sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import type { Subject } from '../subject.js';

export interface RecoveryRow {
  readonly subject: string;
  readonly title: string;
  readonly what: 'cancel' | 'SIGKILL';
  readonly ms: Figure;
  /** Resources that were alive after the ends of cancelled sagas, over all rounds. */
  readonly left: number;
}

/** The second create takes this long, so that cancels and kills meet it under way. */
const CREATE_MS = 2_000;

export async function recovery(
  stage: Stage,
  subjects: readonly Subject[],
  { rounds }: { readonly rounds: number },
): Promise<RecoveryRow[]> {
  const rows: RecoveryRow[] = [];
  for (const subject of subjects) {
    for (const what of ['cancel', 'SIGKILL'] as const) {
      const values: number[] = [];
      let left = 0;
      for (let round = 0; round <= rounds; round += 1) {
        const found = await once(stage, subject, what, round);
        // The first is warm-up.
        if (round > 0) {
          values.push(found.ms);
          left += found.left;
        }
      }
      rows.push({ subject: subject.name, title: subject.title, what, ms: figureOf(values), left });
      stage.log(`${what}, ${subject.name}: ${rounds} rounds`);
    }
  }
  return rows;
}

async function once(
  stage: Stage,
  subject: Subject,
  what: RecoveryRow['what'],
  round: number,
): Promise<{ readonly ms: number; readonly left: number }> {
  const running = await subject.open(stage);
  try {
    await stage.simulator.empty();
    // Its connections are proven, its code is loaded.
    const first = sagaOf(`w_${subject.name}_${what}_${round}`);
    await running.start(first);
    await running.ending(first);
    await stage.simulator.empty();
    await stage.simulator.setFaults([{ operation: 'CreateWorkflowDefinition', do: 'slow', ms: CREATE_MS }]);
    const saga = sagaOf(`c_${subject.name}_${what}_${round}`);
    await running.start(saga);
    await untilAlive(stage, 2);
    const startedAt = performance.now();
    if (what === 'cancel') await running.cancel(saga);
    else await running.killWorker();
    const ending = await running.ending(saga);
    const ms = performance.now() - startedAt;
    const alive = (await stage.simulator.state()).resources.length;
    if (ending !== (what === 'cancel' ? 'undone' : 'done') || (what === 'SIGKILL' && alive !== 2))
      throw new Error(`${subject.name}: ended as ${ending} with ${alive} resources after a ${what}`);
    return { ms, left: what === 'cancel' ? alive : 0 };
  } finally {
    await running.close();
    await stage.simulator.clearFaults();
    await stage.simulator.empty();
  }
}

/** The effect of a slow call is immediate, only its answer takes long. */
async function untilAlive(stage: Stage, resources: number): Promise<void> {
  while ((await stage.simulator.state()).resources.length < resources) await sleep(10);
}
