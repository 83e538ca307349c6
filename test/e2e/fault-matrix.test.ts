/** A sample of the fault matrix, spread over kinds and faults; all of it is in test/deep. Parked undos are left to that. */
import { expect, test } from 'vitest';
import { oneOfEach, sampleOf } from '../support/fault-matrix.js';
import { matrixRig } from '../support/fault-runner.js';
import { playMatrix } from '../support/fault-suite.js';
import { useRig } from '../support/rig.js';

const LANES = {
  busy: { huawei: 4, 'huawei-iam': 4, naver: 2, alibaba: 4 },
  parking: { huawei: 0, 'huawei-iam': 0, naver: 0, alibaba: 0 },
};

const rig = useRig(matrixRig(LANES));

test('sixty faults on sixty calls leave alive what the outcome says, and nothing else', {
  timeout: 300_000,
}, async () => {
  const { cases, wrong } = await playMatrix(rig, LANES, (all) =>
    sampleOf(oneOfEach(all.filter(({ parks }) => !parks)), 60),
  );
  expect(wrong).toEqual([]);
  expect(cases).toHaveLength(60);
});
