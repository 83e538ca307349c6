/** Every fault of the simulator on every call of every kind, wherever its step stands: no case leaves anything behind. */
import { expect, test } from 'vitest';
import { type FaultCase, oneOfEach } from '../support/fault-matrix.js';
import { matrixRig } from '../support/fault-runner.js';
import { playMatrix } from '../support/fault-suite.js';
import { useRig } from '../support/rig.js';

/** Runs mostly wait: this many keep two cores busy. */
const LANES = {
  busy: { huawei: 10, 'huawei-iam': 16, naver: 6, alibaba: 12 },
  parking: { huawei: 12, 'huawei-iam': 6, naver: 8, alibaba: 24 },
};

const rig = useRig(matrixRig(LANES));

/** `PROVISIONER_CASES`: those whose titles match, of every call of every row; `.` is all of them. */
const wanted = process.env.PROVISIONER_CASES;
const choose = (all: readonly FaultCase[]) =>
  wanted === undefined ? oneOfEach(all) : all.filter(({ title }) => new RegExp(wanted).test(title));

test('whatever fault meets whatever call, what is alive agrees with the outcome', { timeout: 1_800_000 }, async () => {
  const { cases, wrong } = await playMatrix(rig, LANES, choose);
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(wanted === undefined ? 400 : 1);
});
