/**
 * Worker Versioning on one queue: new work goes to workers of the current version, a share of it to those of a ramping one, and
 * where none is current to workers without a version (Temporal's API, TaskQueueVersioningInfo). Whose turn it is and who does
 * not poll, keeps it waiting, whoever else does.
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

export interface Unserved {
  /** Of whom nobody polls; `none` are the workers without a version. */
  readonly missing: Version | 'none';
  /** Of whoever asked last. Absent where nobody who polls has a version. */
  readonly polling?: Version;
}

const VERSIONED = proto.temporal.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;

/** Undefined where all new work has somebody, and where nobody polls at all. */
export function unserved({ pollers, versioningInfo }: QueueDescription): Unserved | undefined {
  const share = versioningInfo?.rampingVersionPercentage ?? 0;
  const given = [
    ...(share < 100 ? [versionOf(versioningInfo?.currentDeploymentVersion)] : []),
    ...(share > 0 ? [versionOf(versioningInfo?.rampingDeploymentVersion)] : []),
  ];
  const polling = [...(pollers ?? [])]
    .sort((a, b) => askedAt(b) - askedAt(a))
    .map(({ deploymentOptions: options }) => versionOf(options?.workerVersioningMode === VERSIONED ? options : null));
  const missing = given.find((version) => !polling.some((other) => isSame(version, other)));
  if (missing === undefined || polling.length === 0) return undefined;
  const last = polling.find((version) => version !== 'none');
  return { missing, ...(last && { polling: last }) };
}

function versionOf(told: Partial<Record<keyof Version, string | null>> | null | undefined): Version | 'none' {
  return told ? { deploymentName: told.deploymentName ?? '', buildId: told.buildId ?? '' } : 'none';
}

function isSame(one: Version | 'none', other: Version | 'none'): boolean {
  if (one === 'none' || other === 'none') return one === other;
  return one.deploymentName === other.deploymentName && one.buildId === other.buildId;
}

function askedAt({ lastAccessTime }: temporal.api.taskqueue.v1.IPollerInfo): number {
  return Number(lastAccessTime?.seconds ?? 0);
}
