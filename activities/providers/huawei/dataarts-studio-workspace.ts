/**
 * Workspaces of DataArts Studio. A create answers without an id, and the API has no look-up by name: the whole list is
 * read, shared by all who look, and the name and the marker tell which one is ours.
 */
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { defineKind, type Sighting } from '../../kind.js';
import { ProviderError, type ProviderErrorFacts } from '../../provider-error.js';
import { readAnswer } from '../read-answer.js';
import { shownFields } from '../shown-fields.js';
import { consolePage } from './console.js';
import { LATE_COMMIT_WINDOW_MS } from './limits.js';
import { listRows, looseText, type Row } from './pages.js';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');
const obsPath = z
  .string()
  .max(128)
  .regex(/^obs:\/\/[^/\s]+(\/\S*)?$/, 'must be an OBS path such as obs://bucket/path/');

/** Lengths from the API page of 2023, the only one that states any; the name's rule from the console guide, stricter. */
const spec = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, _ or -'),
  eps_id: z.string().min(1).max(128),
  description: z.string().max(1024).optional(),
  job_log_location_name: obsPath.optional(),
  bad_record_location_name: obsPath.optional(),
  project_id: id.optional(),
  instance_id: id.optional(),
});

type Spec = z.infer<typeof spec>;
/** As a plan writes it. */
export type StudioWorkspaceSpec = z.input<typeof spec>;
type Place = Pick<Spec, 'project_id' | 'instance_id'>;

export const dataArtsStudioWorkspace = defineKind<Spec>({
  name: 'huawei.dataarts-studio.workspace',
  provider: 'huawei',
  title: 'DataArts Studio workspace',
  spec,
  outputs: {
    name: 'workspace name',
    project_id: 'project it belongs to',
    instance_id: 'DataArts Studio instance it belongs to',
    eps_id: 'enterprise project id',
    is_default: '0 private, 1 default, 2 public',
  },
  scopeFields: { project_id: 'projectId', instance_id: 'instanceId' },
  secretFields: [],
  sensitiveFields: [],
  description: {
    maxLength: 1024,
    path: 'description',
    read: ({ description }) => description,
    write: (given, description) => ({ ...given, description }),
  },
  nameOf: ({ name }) => (typeof name === 'string' ? name : undefined),
  // The console guide says unique within an instance, but no API page documents that a second one is refused.
  duplicates: 'possible',
  lateCommitWindowMs: LATE_COMMIT_WINDOW_MS,
  // The user guide's "log in to the console"; from there the workspace list is two clicks away.
  consoleUrl: ({ region }) => consolePage('dayu', region),
  calls: {
    create: ['POST /v1/{project_id}/workspaces/{instance_id}'],
    delete: ['POST /v1/{project_id}/{instance_id}/workspaces/batch-delete'],
  },
  async create(cloud, given) {
    const { project_id, instance_id, ...body } = given;
    const { project, instance } = placeOf(cloud, given, 'CreateManagerWorkSpace');
    const { requestId } = await cloud.call({
      operation: 'CreateManagerWorkSpace',
      service: 'dataarts-studio',
      method: 'POST',
      path: `/v1/${project}/workspaces/${instance}`,
      headers: { 'x-project-id': project },
      json: body,
      effect: 'creates',
    });
    return requestId === undefined ? {} : { requestId };
  },
  async find(cloud, wanted) {
    const all = await listAll(cloud, wanted.spec);
    return all.filter((one) => one.name === wanted.spec.name || one.id === wanted.id);
  },
  async delete(cloud, sighting, given) {
    const { project, instance } = placeOf(cloud, given, 'BatchDeleteWorkspaces');
    refuseDefault(sighting);
    const { requestId } = await cloud.call({
      operation: 'BatchDeleteWorkspaces',
      service: 'dataarts-studio',
      method: 'POST',
      path: `/v1/${project}/${instance}/workspaces/batch-delete`,
      headers: { 'x-project-id': project },
      // One at a time: what happens to the others when one cannot be deleted is not documented.
      json: { workspace_ids: [sighting.id] },
      effect: 'changes',
    });
    return requestId === undefined ? {} : { requestId };
  },
  async *list(cloud) {
    yield* await listAll(cloud, {});
  },
});

function placeOf(cloud: Cloud, given: Place, operation: string): { project: string; instance: string } {
  const project = given.project_id ?? cloud.scope.projectId;
  const instance = given.instance_id ?? cloud.scope.instanceId;
  if (project && instance) return { project, instance };
  const message =
    'Give the connection a scope.projectId and scope.instanceId, or the spec a project_id and instance_id';
  throw refusedByUs('Misconfigured', operation, message);
}

async function listAll(cloud: Cloud, given: Place): Promise<readonly Sighting[]> {
  const operation = 'ListManagerWorkSpaces';
  const { project, instance } = placeOf(cloud, given, operation);
  return await cloud.shared(`${operation} ${project}/${instance}`, async () => {
    const rows = await listRows(cloud, {
      request: {
        operation,
        service: 'dataarts-studio',
        path: `/v1/${project}/workspaces/${instance}`,
        headers: { 'x-project-id': project },
      },
      rows: 'data',
      count: 'count',
    });
    return rows.map((row) => toSighting(row, { project, instance }));
  });
}

const workspace = z.object({
  name: looseText,
  description: looseText,
  eps_id: looseText,
  is_default: z.coerce.number().nullish(),
  create_time: z.number().nullish(),
});

/** Project and instance are where the list was read: they cannot differ. */
const FIELDS = ['name', 'eps_id', 'description', 'job_log_location_name', 'bad_record_location_name'] as const;

function toSighting(row: Row, { project, instance }: { project: string; instance: string }): Sighting {
  const answer = { status: 200, headers: {}, body: row, text: '' };
  const read = readAnswer(workspace, answer, { provider: 'huawei', operation: 'ListManagerWorkSpaces' });
  return {
    id: row.id,
    name: read.name ?? '',
    description: read.description,
    // The answer has no status: a frozen workspace looks like any other.
    status: 'ready',
    outputs: {
      name: read.name ?? '',
      project_id: project,
      instance_id: instance,
      eps_id: read.eps_id ?? null,
      is_default: read.is_default ?? null,
    },
    ...(read.create_time && { createdAt: read.create_time }),
    fields: shownFields(row, FIELDS),
  };
}

/** Every instance comes with a default workspace; whether the API would delete it is not documented. */
function refuseDefault({ outputs }: Sighting): void {
  if (outputs.is_default !== 1 && outputs.is_default !== 2) return;
  throw refusedByUs(
    'InvalidRequest',
    'BatchDeleteWorkspaces',
    'The default and the public workspace are never deleted',
  );
}

function refusedByUs(type: ProviderErrorFacts['type'], operation: string, message: string): ProviderError {
  return new ProviderError(message, { type, retryable: false, sent: 'never', provider: 'huawei', operation });
}
