/** A sample of the faults on a deprovisioning's calls; all of them are in test/deep. Parked undos are left to that. */
import { expect, test } from 'vitest';
import { LATER_ROWS, oneOfEach, sampleOf } from '../support/fault-matrix.js';
import { matrixRig } from '../support/fault-runner.js';
import { playMatrix } from '../support/fault-suite.js';
import { useRig } from '../support/rig.js';

const LANES = {
  busy: { huawei: 4, 'huawei-iam': 0, naver: 2, alibaba: 4 },
  parking: { huawei: 0, 'huawei-iam': 0, naver: 0, alibaba: 0 },
};

const rig = useRig(matrixRig(LANES));

test('fifteen faults on a deprovisioning leave nothing of the plan alive, and nothing else touched', {
  timeout: 300_000,
}, async () => {
  const choose = (all: Parameters<typeof oneOfEach>[0]) => sampleOf(oneOfEach(all.filter(({ parks }) => !parks)), 15);
  const { cases, wrong } = await playMatrix(rig, LANES, choose, LATER_ROWS);
  expect(wrong).toEqual([]);
  expect(cases).toHaveLength(15);
});
