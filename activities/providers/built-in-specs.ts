/** The spec of each built-in kind as a type, by the kind's name: for plans that a compiler checks. Holds no code. */
import type { ProjectSpecInput } from './alibaba/dataworks-project.js';
import type { WorkflowSpecInput } from './alibaba/dataworks-workflow.js';
import type { FabricWorkspaceSpec } from './huawei/dataarts-fabric-workspace.js';
import type { StudioWorkspaceSpec } from './huawei/dataarts-studio-workspace.js';
import type { AiWorkspaceSpecInput } from './naver/data-forest-ai-workspace.js';

export interface BuiltInSpecs {
  readonly 'huawei.dataarts-studio.workspace': StudioWorkspaceSpec;
  readonly 'huawei.dataarts-fabric.workspace': FabricWorkspaceSpec;
  readonly 'naver.data-forest.ai-workspace': AiWorkspaceSpecInput;
  readonly 'alibaba.dataworks.workflow': WorkflowSpecInput;
  readonly 'alibaba.dataworks.project': ProjectSpecInput;
}
