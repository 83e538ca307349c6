/** The DataWorks console, as Alibaba's documentation gives its addresses; the workspace list where region or id is unknown. */
import type { Json } from '../../../contract/plan.js';

/** https://help.aliyun.com/zh/dataworks: "Workspace" page; an access address per region follows a workspace's creation. */
const WORKSPACES = 'https://dataworks.console.aliyun.com/workspace/list';

/** @param projectId Its id, or `{id}`. A reference to another step stands for nothing yet. */
export function projectPage(region: string | undefined, projectId: Json | undefined): string {
  const known = typeof projectId === 'string' || typeof projectId === 'number';
  if (region === undefined || !known) return WORKSPACES;
  const id = projectId === '{id}' ? projectId : encodeURIComponent(projectId);
  return `https://dataworks.data.aliyun.com/${encodeURIComponent(region)}/sc?defaultProjectId=${id}`;
}
