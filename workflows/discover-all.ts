/** Without plan and manifest: everything with the plan's marker, on all connections. What cannot be listed stops it all. */
import { proxyActivities } from '@temporalio/workflow';
import type { Discovered, DiscoverInput } from '../contract/deprovision.js';
import type { DeprovisionRequest } from '../contract/manifest.js';
import { activityType, workflowIdOf } from '../contract/names.js';
import type { SweepTarget } from '../contract/sweep.js';
import { causeOf } from './activity-report.js';
import { notStarted } from './closing.js';
import { discoverOptions, MAX_SUMMARY } from './policies.js';

export interface WhereToLook {
  readonly targets: readonly SweepTarget[];
  readonly fingerprint: string;
}

/** Throws what the run closes with where a list could not be had: what is there would be called deprovisioned. */
export async function discoverAll(
  { plan }: DeprovisionRequest,
  { targets, fingerprint }: WhereToLook,
): Promise<readonly Discovered[]> {
  const problems: { path: string; message: string }[] = [];
  const found = await Promise.all(
    targets.map(async (target) => {
      const { connection, kind } = target;
      try {
        return await discoverOn(target, { connection, workflowId: workflowIdOf(plan), fingerprint });
      } catch (error) {
        problems.push({
          path: `${connection} ${kind}`,
          message: `could not be listed: ${causeOf(error, target).message}`,
        });
        return [];
      }
    }),
  );
  if (problems.length > 0) throw notStarted('Misconfigured', problems);
  return found.flat();
}

function discoverOn(
  { connection, kind, taskQueue }: SweepTarget,
  input: DiscoverInput,
): Promise<readonly Discovered[]> {
  type Discover = (input: DiscoverInput) => Promise<readonly Discovered[]>;
  const activities = proxyActivities<Record<string, Discover>>({
    ...discoverOptions(),
    taskQueue,
    activityId: `${connection} ${kind}`,
    summary: connection.slice(0, MAX_SUMMARY),
  });
  const run = activities[activityType(kind, 'discover')] as Discover;
  return run(input);
}
