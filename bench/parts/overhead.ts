/** What is added to the clouds' own time: wall time of a saga over the sum of its creates' times, at two such times. */
import { type Figure, figureOf } from '../measure.js';
import { sagaOf } from '../sagas.js';
import type { Stage } from '../stage.js';
import type { OpenSubject, Subject } from '../subject.js';
import { inTurn } from '../turns.js';

export interface OverheadRow {
  readonly subject: string;
  readonly title: string;
  /** How long each of the two creates takes in the cloud. */
  readonly createMs: number;
  /** Wall time over twice that. */
  readonly ratio: Figure;
  /** Wall time over bare Temporal's in the same round. Undefined where that was not run. */
  readonly overBare?: Figure;
  /** `ratio` less bare Temporal's in the same round. Undefined as well. */
  readonly aboveBare?: Figure;
}

const CREATES = ['CreateManagerWorkSpace', 'CreateWorkflowDefinition'];

export async function overhead(
  stage: Stage,
  subjects: readonly Subject[],
  scale: readonly { readonly createMs: number; readonly rounds: number }[],
): Promise<OverheadRow[]> {
  const opened: { readonly subject: Subject; readonly running: OpenSubject }[] = [];
  const rows: OverheadRow[] = [];
  try {
    for (const subject of subjects) opened.push({ subject, running: await subject.open(stage) });
    for (const { createMs, rounds } of scale) {
      await stage.simulator.clearFaults();
      await stage.simulator.setFaults(CREATES.map((operation) => ({ operation, do: 'slow', ms: createMs })));
      const walls = new Map(subjects.map((subject) => [subject, [] as number[]]));
      // The first of each is warm-up.
      for (let round = 0; round <= rounds; round += 1) {
        for (const { subject, running } of inTurn(opened, round)) {
          const saga = sagaOf(`v_${subject.name}_${createMs}_${round}`);
          await stage.simulator.empty();
          const startedAt = performance.now();
          await running.start(saga);
          const ending = await running.ending(saga);
          if (ending !== 'done') throw new Error(`${subject.name}: a saga ended as ${ending}`);
          if (round > 0) walls.get(subject)?.push(performance.now() - startedAt);
        }
      }
      stage.log(`overhead at ${createMs} ms: ${rounds} rounds`);
      const cloudsMs = createMs * CREATES.length;
      const bare = [...walls].find(([{ name }]) => name === 'bare')?.[1];
      for (const [{ name, title }, values] of walls) {
        rows.push({
          subject: name,
          title,
          createMs,
          ratio: figureOf(values.map((ms) => ms / cloudsMs)),
          ...(bare && {
            overBare: figureOf(values.map((ms, round) => ms / (bare[round] as number))),
            aboveBare: figureOf(values.map((ms, round) => (ms - (bare[round] as number)) / cloudsMs)),
          }),
        });
      }
    }
    return rows;
  } finally {
    for (const { running } of opened) await running.close();
    await stage.simulator.clearFaults();
    await stage.simulator.empty();
  }
}
