/** The matrix as one test plays it: record, choose, run everything at once, judge, and judge again later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { actionsOf, casesOf, type FaultCase, ROWS, type Row } from './fault-matrix.js';
import { FaultRunner, type Lanes, MATRIX_SETTINGS } from './fault-runner.js';
import type { Rig } from './rig.js';

/** Longer than any late effect of a case. */
const ALL_LANDED_MS = 1500;

export interface MatrixResult {
  readonly cases: readonly FaultCase[];
  readonly wrong: readonly string[];
}

export async function playMatrix(
  rig: Rig,
  lanes: Lanes,
  choose: (all: readonly FaultCase[]) => readonly FaultCase[],
  rows: readonly Row[] = ROWS,
): Promise<MatrixResult> {
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  rig.simulator.changeSettings(MATRIX_SETTINGS);
  const runner = new FaultRunner(rig, lanes);
  try {
    const calls = await Promise.all(rows.map((row) => runner.record(row)));
    const actions = new Map([...new Set(calls.flat())].map((name) => [name, actionsOf(rig.simulator, name)]));
    const all = rows.flatMap((row, i) => casesOf(row, calls[i] ?? [], (operation) => actions.get(operation) ?? []));
    const cases = choose(all);
    process.stdout.write(`fault matrix: ${cases.length} of ${all.length} cases, recorded in ${since()}\n`);
    let ended = 0;
    const play = async (given: FaultCase) => {
      const wrong = await runner.run(given);
      // At once, so that a run that ends early has told what it knew.
      for (const text of wrong) process.stdout.write(`fault matrix: ${text}\n`);
      ended += 1;
      if (ended % 100 === 0) process.stdout.write(`fault matrix: ${ended} closed after ${since()}\n`);
      return wrong;
    };
    const wrong = (await Promise.all(cases.map(play))).flat();
    process.stdout.write(`fault matrix: ${ended} closed and judged after ${since()}\n`);
    await sleep(ALL_LANDED_MS);
    await rig.checkStarted();
    process.stdout.write(`fault matrix: every history replayed after ${since()}\n`);
    return { cases, wrong: [...wrong, ...runner.arrivals()] };
  } finally {
    runner.close();
  }
}
