/** The spec of each kind as a type, by the kind's name: for plans and workflows that a compiler checks. Holds no code. */
import type { ProjectSpecInput } from './providers/alibaba/dataworks-project.js';
import type { WorkflowSpecInput } from './providers/alibaba/dataworks-workflow.js';
import type { FabricWorkspaceSpec } from './providers/huawei/dataarts-fabric-workspace.js';
import type { StudioWorkspaceSpec } from './providers/huawei/dataarts-studio-workspace.js';
import type { AiWorkspaceSpecInput } from './providers/naver/data-forest-ai-workspace.js';

/**
 * Kinds of your own are added by declaration merging:
 *
 * @example
 * ```typescript
 * declare module 'temporal-provisioner/client' {
 *   interface KindSpecs {
 *     'acme.lockers.locker': { name: string; note?: string };
 *   }
 * }
 * ```
 */
export interface KindSpecs {
  'huawei.dataarts-studio.workspace': StudioWorkspaceSpec;
  'huawei.dataarts-fabric.workspace': FabricWorkspaceSpec;
  'naver.data-forest.ai-workspace': AiWorkspaceSpecInput;
  'alibaba.dataworks.workflow': WorkflowSpecInput;
  'alibaba.dataworks.project': ProjectSpecInput;
}
