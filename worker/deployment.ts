/**
 * Which release a worker is, for Temporal's Worker Versioning: a deployment's name and a build's id, from the configuration or,
 * first, from the variables that Temporal's Worker Controller for Kubernetes sets. Without both, a worker has no version.
 */
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { ConfigProblems } from '../contract/config-problems.js';
import type { Environment } from './config/config-file.js';

/** A release of a worker, as the server knows it. */
export interface Deployment {
  /** What its releases have in common. */
  readonly name: string;
  /** What tells this one from the others: a tag, or a commit. */
  readonly buildId: string;
}

const NAME_VARIABLE = 'TEMPORAL_DEPLOYMENT_NAME';
const BUILD_VARIABLE = 'TEMPORAL_WORKER_BUILD_ID';

/**
 * The release that variables and file name together, a variable before the file; undefined where neither names any. Throws
 * {@link ConfigProblems} where only one half is there, or the server would refuse the name.
 */
export function chooseDeployment(
  written: { readonly [Key in keyof Deployment]?: string | undefined } | undefined,
  env: Environment,
  file: string,
): Deployment | undefined {
  const name = env[NAME_VARIABLE] || written?.name;
  const buildId = env[BUILD_VARIABLE] || written?.buildId;
  if (name === undefined && buildId === undefined) return undefined;
  const problems: { readonly path: string; readonly message: string }[] = [];
  if (name === undefined) problems.push({ path: 'deployment.name', message: missing(NAME_VARIABLE, BUILD_VARIABLE) });
  if (buildId === undefined) {
    problems.push({ path: 'deployment.buildId', message: missing(BUILD_VARIABLE, NAME_VARIABLE) });
  }
  // The server's own rule; its refusal would come while the worker polls, where nobody reads it.
  if (name !== undefined && /[.:]/.test(name)) {
    const message = `must be a name without dots and colons (or ${NAME_VARIABLE} must)`;
    problems.push({ path: 'deployment.name', message });
  }
  if (name === undefined || buildId === undefined || problems.length > 0) throw new ConfigProblems(problems, file);
  return { name, buildId };
}

function missing(variable: string, other: string): string {
  return `required, or set ${variable}; without a version leave both out, ${other} too`;
}

/**
 * A run stays with the release that began it: its undo is then the one that belongs to its creates. A managed plan moves on at
 * its next look (workflows/hand-over.ts). Said by the worker and not by the workflows themselves: the server refuses every
 * workflow task that states a behaviour and comes from a worker without versioning, and the SDK does not leave it out.
 */
export function deploymentOptions({ name, buildId }: Deployment): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  };
}
