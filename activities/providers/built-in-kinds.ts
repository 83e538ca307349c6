/** The kinds that come with the package: a new one is one line here. */
import type { Kind } from '../kind.js';
import { alibabaDataworksProject } from './alibaba/dataworks-project.js';
import { alibabaDataworksWorkflow } from './alibaba/dataworks-workflow.js';
import { dataArtsFabricWorkspace } from './huawei/dataarts-fabric-workspace.js';
import { dataArtsStudioWorkspace } from './huawei/dataarts-studio-workspace.js';
import { naverDataForestAiWorkspace } from './naver/data-forest-ai-workspace.js';

/** The kinds that come with the package; a worker with the plugin has them all. */
export const BUILT_IN_KINDS: readonly Kind[] = [
  dataArtsStudioWorkspace,
  dataArtsFabricWorkspace,
  naverDataForestAiWorkspace,
  alibabaDataworksWorkflow,
  alibabaDataworksProject,
];
