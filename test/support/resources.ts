/** One sound resource of each kind, for plans in tests. */
import type { PlanResource } from '../../contract/plan.js';

export function studio(name = 'studio_ws', more: Partial<PlanResource> = {}): PlanResource {
  return { kind: 'huawei.dataarts-studio.workspace', connection: 'huawei', spec: { name, eps_id: '0' }, ...more };
}

export function fabric(name = 'fabric-ws', more: Partial<PlanResource> = {}): PlanResource {
  return { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name }, ...more };
}

export function aiWorkspace(name = 'ai-ws', more: Partial<PlanResource> = {}): PlanResource {
  return {
    kind: 'naver.data-forest.ai-workspace',
    connection: 'naver',
    spec: { name, configuration: { docker: { image: 'tensorflow:r2.3.1-py3', command: 'ls' } } },
    ...more,
  };
}

export function flowSpec(name: string) {
  return {
    version: '1.1.0',
    kind: 'CycleWorkflow',
    spec: {
      name,
      type: 'CycleWorkflow',
      workflows: [{ name, script: { path: `provisioner/${name}`, runtime: { command: 'WORKFLOW' } } }],
    },
  };
}

export function workflow(name = 'daily_flow', more: Partial<PlanResource> = {}): PlanResource {
  return { kind: 'alibaba.dataworks.workflow', connection: 'alibaba', spec: { Spec: flowSpec(name) }, ...more };
}

export function project(name = 'project_a', more: Partial<PlanResource> = {}): PlanResource {
  return {
    kind: 'alibaba.dataworks.project',
    connection: 'alibaba',
    spec: { Name: name, DisplayName: name, Description: '' },
    ...more,
  };
}

/** Every kind by the operation that creates it. */
export const KINDS = [
  ['CreateManagerWorkSpace', studio],
  ['CreateWorkspace', fabric],
  ['aiworkspaces/create', aiWorkspace],
  ['CreateWorkflowDefinition', workflow],
  ['CreateProject', project],
] as const;

/** A name that every kind allows, told apart by the kind. */
export function named(base: string, resource: (typeof KINDS)[number][1]): string {
  const index = KINDS.findIndex(([, each]) => each === resource);
  return `${base}${resource === fabric || resource === aiWorkspace ? '-' : '_'}${index}`;
}
