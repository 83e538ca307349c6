/**
 * The requests of a two-step saga, for every subject but ours: the same HTTP code, signed. Creates
 * look first and take what has that name, as the peers' documentation asks of a step that may run twice; deletes look,
 * delete what has that name, and are content where nothing has it.
 */
import type { Cloud } from '../activities/cloud.js';
import { openLine } from '../activities/http/line.js';
import type { Kind } from '../activities/kind.js';
import { ProviderError } from '../activities/provider-error.js';
import { BUILT_IN_KINDS, BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import type { JsonObject } from '../contract/plan.js';
import { toConnections } from '../worker/config/connections.js';
import { type SimulatorDescription, simulatorConnections } from '../worker/config/simulator-connections.js';
import { LIMITS, STUDIO, studioSpec, WORKFLOW, workflowSpec } from './sagas.js';

/** One resource of a saga, by the saga's name. */
export interface ResourceCalls {
  create(name: string): Promise<string>;
  remove(name: string): Promise<void>;
}

export interface CloudCalls {
  readonly workspace: ResourceCalls;
  readonly workflow: ResourceCalls;
}

/** The calls, to the simulator that `description` tells of. */
export function openCloudCalls(description: SimulatorDescription): CloudCalls {
  const connections = toConnections(simulatorConnections(description, { limits: LIMITS }), BUILT_IN_PROVIDERS);
  const cloudOf = (provider: string): Cloud => {
    const connection = connections.find((each) => each.provider === provider);
    const known = BUILT_IN_PROVIDERS.find(({ name }) => name === provider);
    if (!connection || !known) throw new Error(`no connection to ${provider}`);
    return openLine(connection, known).cloud({ userAgent: 'bench', urgent: false });
  };
  const { projectId: project_id, instanceId: instance_id } = cloudOf('huawei').scope;
  const { projectId: ProjectId } = cloudOf('alibaba').scope;
  return {
    workspace: callsOf(kindOf(STUDIO), cloudOf('huawei'), (name) => ({
      ...studioSpec(name),
      project_id: project_id ?? '',
      instance_id: instance_id ?? '',
    })),
    workflow: callsOf(kindOf(WORKFLOW), cloudOf('alibaba'), (name) => ({
      ...workflowSpec(name),
      ProjectId: ProjectId ?? '',
    })),
  };
}

/** A failure that no retry will change. */
export function isFinal(error: unknown): boolean {
  return error instanceof ProviderError && !error.facts.retryable;
}

function kindOf(name: string): Kind {
  const kind = BUILT_IN_KINDS.find((each) => each.name === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

function callsOf(kind: Kind, cloud: Cloud, specOf: (name: string) => JsonObject): ResourceCalls {
  return {
    async create(name) {
      const spec = specOf(name);
      const [before] = await kind.find(cloud, { spec });
      if (before) return before.id;
      const { id, sighting } = await kind.create(cloud, spec);
      if (sighting) return sighting.id;
      const [seen] = await kind.find(cloud, { spec, ...(id !== undefined && { id }) });
      if (!seen) throw new Error('created, but not to be seen');
      return seen.id;
    },
    async remove(name) {
      const spec = specOf(name);
      for (const seen of await kind.find(cloud, { spec })) await kind.delete(cloud, seen, spec);
      if ((await kind.find(cloud, { spec })).length > 0) throw new Error('deleted, but still there');
    },
  };
}
