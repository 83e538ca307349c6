/** Every fault of the simulator on every call of every kind, wherever its step stands: no case leaves anything behind. */
import { expect, test } from 'vitest';
import { oneOfEach } from '../support/fault-matrix.js';
import { matrixRig } from '../support/fault-runner.js';
import { playMatrix } from '../support/fault-suite.js';
import { useRig } from '../support/rig.js';

/** Runs mostly wait: this many keep two cores busy. */
const LANES = {
  busy: { huawei: 5, 'huawei-iam': 2, naver: 3, alibaba: 5 },
  parking: { huawei: 4, 'huawei-iam': 2, naver: 3, alibaba: 8 },
};

const rig = useRig(matrixRig(LANES));

/** `PROVISIONER_MATRIX=whole`: every call that an operation is made for, not one of them for each fault. */
const whole = process.env.PROVISIONER_MATRIX === 'whole';

test('whatever fault meets whatever call, what is alive agrees with the outcome', { timeout: 1_800_000 }, async () => {
  const { cases, wrong } = await playMatrix(rig, LANES, whole ? (all) => all : oneOfEach);
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(400);
});
