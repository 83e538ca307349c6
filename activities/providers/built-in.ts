/** What comes with the package: a new kind or cloud is one line here. */
import type { Provider } from '../cloud.js';
import type { Kind } from '../kind.js';
import { alibabaDataworksProject } from './alibaba/dataworks-project.js';
import { alibabaDataworksWorkflow } from './alibaba/dataworks-workflow.js';
import { alibaba } from './alibaba/provider.js';
import { dataArtsFabricWorkspace } from './huawei/dataarts-fabric-workspace.js';
import { dataArtsStudioWorkspace } from './huawei/dataarts-studio-workspace.js';
import { huawei } from './huawei/provider.js';
import { naverDataForestAiWorkspace } from './naver/data-forest-ai-workspace.js';
import { naver } from './naver/provider.js';

export const BUILT_IN_PROVIDERS: readonly Provider[] = [huawei, naver, alibaba];

export const BUILT_IN_KINDS: readonly Kind[] = [
  dataArtsStudioWorkspace,
  dataArtsFabricWorkspace,
  naverDataForestAiWorkspace,
  alibabaDataworksWorkflow,
  alibabaDataworksProject,
];
