/**
 * Worker Versioning on one queue: new work goes to workers of the current version, or to those without one where none is current
 * (Temporal's API, TaskQueueVersioningInfo). Where nobody of these polls, it waits, whoever else does.
 */
// A CommonJS module whose names Node does not see.
import proto, { type temporal } from '@temporalio/proto';

export type QueueDescription = Pick<
  temporal.api.workflowservice.v1.IDescribeTaskQueueResponse,
  'pollers' | 'versioningInfo'
>;

export interface Version {
  readonly deploymentName: string;
  readonly buildId: string;
}

const VERSIONED = proto.temporal.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;

/** Undefined where new work has somebody; else the version to make current, where one polls: that of whoever asked last. */
export function unserved({ pollers, versioningInfo }: QueueDescription): { readonly instead?: Version } | undefined {
  const { currentDeploymentVersion: current, rampingDeploymentVersion: ramping } = versioningInfo ?? {};
  const given = versioningInfo?.rampingVersionPercentage === 100 ? ramping : current;
  const last = [...(pollers ?? [])].sort((a, b) => askedAt(b) - askedAt(a));
  const versions = last.map(({ deploymentOptions: options }) =>
    options?.workerVersioningMode === VERSIONED
      ? { deploymentName: options.deploymentName ?? '', buildId: options.buildId ?? '' }
      : undefined,
  );
  const served = versions.some((version) =>
    given
      ? version?.deploymentName === given.deploymentName && version?.buildId === given.buildId
      : version === undefined,
  );
  if (served || versions.length === 0) return undefined;
  const instead = versions.find((version) => version !== undefined);
  return instead ? { instead } : {};
}

function askedAt({ lastAccessTime }: temporal.api.taskqueue.v1.IPollerInfo): number {
  return Number(lastAccessTime?.seconds ?? 0);
}
