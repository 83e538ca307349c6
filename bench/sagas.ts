/** The saga that every subject runs: a DataArts Studio workspace, then the DataWorks workflow that belongs to it. */
import type { JsonObject, Plan } from '../contract/plan.js';

export const STUDIO = 'huawei.dataarts-studio.workspace';
export const WORKFLOW = 'alibaba.dataworks.workflow';

/** Far above what any subject reaches: the clouds' own limits are another part's subject. */
export const LIMITS = { requestsPerMinute: 1_000_000, concurrency: 50 } as const;

/** `refused`: its second step meets a refusal, so that the first is undone. */
export type Fate = 'healthy' | 'refused';

/** Its resources are named after it, so that everything alive leads back to its saga. */
export interface Saga {
  readonly name: string;
  readonly fate: Fate;
}

/** What a subject says of a saga in the end. `lost`: nobody knows of it any more. */
export type Ending = 'done' | 'undone' | 'lost';

/** The simulator refuses workflows that are called so. */
const REFUSED = '_refused';

export function sagaOf(label: string, fate: Fate = 'healthy'): Saga {
  return { name: fate === 'refused' ? `${label}${REFUSED}` : label, fate };
}

export function studioSpec(name: string): JsonObject {
  return { name, eps_id: '0' };
}

export function workflowSpec(name: string): JsonObject {
  const script = { path: `bench/${name}`, runtime: { command: 'WORKFLOW' } };
  // Without a description a look-up would read the stored definition as well; ours always has one, its marker.
  const workflow = { name, description: 'bench', script };
  return { Spec: { version: '1.1.0', kind: 'CycleWorkflow', spec: { workflows: [workflow] } } };
}

export function planOf({ name }: Saga): Plan {
  return {
    name,
    resources: {
      workspace: { kind: STUDIO, connection: 'huawei', spec: studioSpec(name) },
      workflow: { kind: WORKFLOW, connection: 'alibaba', spec: workflowSpec(name), dependsOn: ['workspace'] },
    },
  };
}
