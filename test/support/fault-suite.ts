/** The matrix as one test plays it: record, choose, run everything at once, judge, and judge again later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { actionsOf, casesOf, type FaultCase, ROWS } from './fault-matrix.js';
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
): Promise<MatrixResult> {
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  rig.simulator.changeSettings(MATRIX_SETTINGS);
  const runner = new FaultRunner(rig, lanes);
  try {
    const calls = await Promise.all(ROWS.map((row) => runner.record(row)));
    const actions = new Map([...new Set(calls.flat())].map((name) => [name, actionsOf(rig.simulator, name)]));
    const all = ROWS.flatMap((row, i) => casesOf(row, calls[i] ?? [], (operation) => actions.get(operation) ?? []));
    const cases = choose(all);
    process.stdout.write(`fault matrix: ${cases.length} of ${all.length} cases, recorded in ${since()}\n`);
    const wrong = (await Promise.all(cases.map((each) => runner.run(each)))).flat();
    process.stdout.write(`fault matrix: all closed after ${since()}\n`);
    await sleep(ALL_LANDED_MS);
    return { cases, wrong: [...wrong, ...runner.afterwards()] };
  } finally {
    runner.close();
  }
}
