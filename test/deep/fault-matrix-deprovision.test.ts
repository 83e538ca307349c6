/** Every fault of the simulator on every call with which a deprovisioning deletes: what is told as gone is gone. */
import { expect, test } from 'vitest';
import { type FaultCase, LATER_ROWS, oneOfEach } from '../support/fault-matrix.js';
import { matrixRig } from '../support/fault-runner.js';
import { playMatrix } from '../support/fault-suite.js';
import { useRig } from '../support/rig.js';

const LANES = {
  busy: { huawei: 8, 'huawei-iam': 0, naver: 6, alibaba: 12 },
  parking: { huawei: 10, 'huawei-iam': 0, naver: 8, alibaba: 20 },
};

const rig = useRig(matrixRig(LANES));

/** As in the matrix of provisioning: `PROVISIONER_CASES` chooses cases by their titles, `.` is all of them. */
const wanted = process.env.PROVISIONER_CASES;
const choose = (all: readonly FaultCase[]) =>
  wanted === undefined ? oneOfEach(all) : all.filter(({ title }) => new RegExp(wanted).test(title));

test('whatever fault meets whatever call of a deprovisioning, nothing of the plan is left', {
  timeout: 1_800_000,
}, async () => {
  const { cases, wrong } = await playMatrix(rig, LANES, choose, LATER_ROWS);
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(wanted === undefined ? 100 : 1);
});
