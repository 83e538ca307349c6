/** Which queue of versioned workers leaves new work waiting. That a server answers so is shown in e2e/doctor.test.ts. */
import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { unserved } from '../cli/doctor/unserved-version.js';

const { WorkerVersioningMode: Mode } = proto.temporal.api.enums.v1;
const version = (buildId: string) => ({ deploymentName: 'd', buildId });
const poller = (buildId: string | undefined, askedAt = 1) =>
  proto.temporal.api.taskqueue.v1.PollerInfo.create({
    lastAccessTime: { seconds: askedAt as never },
    deploymentOptions:
      buildId === undefined
        ? { workerVersioningMode: Mode.WORKER_VERSIONING_MODE_UNVERSIONED }
        : { ...version(buildId), workerVersioningMode: Mode.WORKER_VERSIONING_MODE_VERSIONED },
  });
const info = (current?: string, ramping?: string, rampingVersionPercentage = 0) =>
  proto.temporal.api.taskqueue.v1.TaskQueueVersioningInfo.create({
    ...(current !== undefined && { currentDeploymentVersion: version(current) }),
    ...(ramping !== undefined && { rampingDeploymentVersion: version(ramping) }),
    rampingVersionPercentage,
  });

test.each([
  ['no version is current, and only versioned workers poll', [poller('1')], info(), 'none', '1'],
  ['the same from a server that tells of no versions', [poller('1')], null, 'none', '1'],
  ['only an older version is current, and nobody of it polls', [poller('2')], info('1'), '1', '2'],
  ['a version is current, and only workers without one poll', [poller(undefined)], info('1'), '1', undefined],
  ['the one that asked last is named', [poller('1', 5), poller('3', 9), poller('2', 7)], info(), 'none', '3'],
  ['all is given to a ramping version that nobody polls for', [poller('1')], info('1', '2', 100), '2', '1'],
  ['a share is given to a ramping version that nobody polls for', [poller('1')], info('1', '2', 5), '2', '1'],
])('waits: %s', (_what, pollers, versioningInfo, missing, polling) => {
  expect(unserved({ pollers, versioningInfo })).toEqual({
    missing: missing === 'none' ? 'none' : version(missing),
    ...(polling !== undefined && { polling: version(polling) }),
  });
});

test.each([
  ['the current version polls beside others', [poller('1'), poller('2')], info('2')],
  ['none is current, and a worker without a version polls', [poller('1'), poller(undefined)], info()],
  ['all is given to a ramping version, which polls', [poller('2')], info(undefined, '2', 100)],
  ['the current and the ramping version poll', [poller('2'), poller('1')], info('1', '2', 5)],
  ['nobody polls, which is told otherwise', [], info('1')],
])('does not: %s', (_what, pollers, versioningInfo) => {
  expect(unserved({ pollers, versioningInfo })).toBeUndefined();
});
