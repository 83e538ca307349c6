/**
 * Workspaces of DataArtsFabric. A create answers with the whole resource. The list's name filter is fuzzy and accounts
 * hold few workspaces (an upper limit exists), so one look-up of the whole list serves name and id.
 */
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { asRecord } from '../../http/json.js';
import { defineKind, type Sighting } from '../../kind.js';
import { ProviderError } from '../../provider-error.js';
import { readAnswer } from '../read-answer.js';
import { shownFields } from '../shown-fields.js';
import { consolePage } from './console.js';
import { LATE_COMMIT_WINDOW_MS } from './limits.js';
import { listRows, looseText } from './pages.js';

const LIST = { provider: 'huawei', operation: 'ListWorkspaces' };

const tagText = /^[\p{L}\p{N} \t_.:\\=+\-@]*$/u;
const tagRule = 'may hold only letters, digits, spaces, tabs and _ . : \\ = + - @';

/** Every field and range of "Creating a Workspace", DataArtsFabric API, 2025-09-15. */
const spec = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9-]{4,32}$/, 'must be 4 to 32 letters, digits or -'),
  description: z.string().max(255).optional(),
  metastore_id: z
    .string()
    .regex(/^[A-Za-z0-9-]{32,36}$/, 'must be 32 to 36 letters, digits or -')
    .optional(),
  enterprise_project_id: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits or -')
    .optional(),
  tags: z
    .array(
      z.strictObject({
        key: z.string().min(1).max(128).regex(tagText, tagRule),
        value: z.string().max(255).regex(tagText, tagRule).optional(),
      }),
    )
    .optional(),
  project_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
    .optional(),
});

type Spec = z.infer<typeof spec>;
/** As a plan writes it. */
export type FabricWorkspaceSpec = z.input<typeof spec>;

export const dataArtsFabricWorkspace = defineKind<Spec>({
  name: 'huawei.dataarts-fabric.workspace',
  provider: 'huawei',
  title: 'DataArts Fabric workspace',
  spec,
  outputs: {
    name: 'workspace name',
    access_url: 'address of the workspace',
    metastore_id: 'LakeFormation instance id',
    enterprise_project_id: 'enterprise project id',
  },
  scopeFields: { project_id: 'projectId' },
  secretFields: [],
  sensitiveFields: [],
  description: {
    maxLength: 255,
    path: 'description',
    read: ({ description }) => description,
    write: (given, description) => ({ ...given, description }),
  },
  nameOf: ({ name }) => (typeof name === 'string' ? name : undefined),
  // "This API performs duplicate name verification and does not support creating workspaces with identical names."
  duplicates: 'refused',
  lateCommitWindowMs: LATE_COMMIT_WINDOW_MS,
  // "Access methods" of the product description gives this address; none of a single workspace is documented.
  consoleUrl: ({ region }) => consolePage('fabric', region),
  calls: { create: ['POST /v1/workspaces'], delete: ['DELETE /v1/workspaces/{workspace_id}'] },
  async create(cloud, given) {
    const { project_id, ...body } = given;
    const answer = await cloud.call({
      operation: 'CreateWorkspace',
      service: 'dataarts-fabric',
      method: 'POST',
      path: '/v1/workspaces',
      headers: projectHeader(cloud, project_id),
      json: body,
      effect: 'creates',
    });
    // An answer of another shape is still a success: then name and marker find the workspace.
    const shown = workspace.safeParse(answer.body);
    return {
      ...(shown.success && { id: shown.data.id, sighting: toSighting(shown.data, asRecord(answer.body)) }),
      ...(answer.requestId !== undefined && { requestId: answer.requestId }),
    };
  },
  async find(cloud, wanted) {
    const all = await listAll(cloud, wanted.spec.project_id);
    return all.filter((one) => one.name === wanted.spec.name || one.id === wanted.id);
  },
  async delete(cloud, sighting, given) {
    const { requestId } = await cloud.call({
      operation: 'DeleteWorkspace',
      service: 'dataarts-fabric',
      method: 'DELETE',
      path: `/v1/workspaces/${encodeURIComponent(sighting.id)}`,
      headers: projectHeader(cloud, given.project_id),
      effect: 'changes',
    });
    return requestId === undefined ? {} : { requestId };
  },
  async *list(cloud) {
    yield* await listAll(cloud, undefined);
  },
});

/** No path of Fabric holds a project: with AK/SK it travels in this header alone. */
function projectHeader(cloud: Cloud, projectId: string | undefined): { readonly 'x-project-id': string } {
  const project = projectId ?? cloud.scope.projectId;
  if (project) return { 'x-project-id': project };
  throw new ProviderError('Give the connection a scope.projectId, or the spec a project_id', {
    type: 'Misconfigured',
    retryable: false,
    sent: 'never',
    provider: 'huawei',
    operation: 'DataArtsFabric',
  });
}

async function listAll(cloud: Cloud, projectId: string | undefined): Promise<readonly Sighting[]> {
  const headers = projectHeader(cloud, projectId);
  return await cloud.shared(`ListWorkspaces ${headers['x-project-id']}`, async () => {
    const rows = await listRows(cloud, {
      request: {
        operation: 'ListWorkspaces',
        service: 'dataarts-fabric',
        path: '/v1/workspaces',
        // Mandatory in the documents, optional in the SDKs; without it some see the default enterprise project only.
        query: { enterprise_project_id: 'all_granted_eps' },
        headers,
      },
      rows: 'workspaces',
      count: 'total',
    });
    return rows.map((body) =>
      toSighting(readAnswer(workspace, { status: 200, headers: {}, body, text: '' }, LIST), body),
    );
  });
}

const workspace = z.object({
  id: z.string().min(1),
  name: looseText,
  description: looseText,
  create_time: z.string().nullish(),
  metastore_id: looseText,
  access_url: looseText,
  // A string in the table, the number 0 in the documented example.
  enterprise_project_id: looseText,
});

/** The project is where the list was read: it cannot differ. Some lists leave out the tags. */
const FIELDS = ['name', 'description', 'metastore_id', 'enterprise_project_id', 'tags'] as const;

function toSighting(shown: z.infer<typeof workspace>, row: Readonly<Record<string, unknown>>): Sighting {
  const createdAt = Date.parse(shown.create_time ?? '');
  return {
    id: shown.id,
    name: shown.name ?? '',
    description: shown.description,
    status: 'ready',
    outputs: {
      name: shown.name ?? '',
      access_url: shown.access_url ?? null,
      metastore_id: shown.metastore_id ?? null,
      enterprise_project_id: shown.enterprise_project_id ?? null,
    },
    ...(Number.isFinite(createdAt) && { createdAt }),
    fields: shownFields(row, FIELDS),
  };
}
