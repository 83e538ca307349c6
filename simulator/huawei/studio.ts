/**
 * DataArts Studio, Management Center: workspaces of one instance. A create answers no id, a list has no name filter, and
 * no source documents how a write is refused: `settings.studioRefusals`. Source: DataArts Studio API Reference.
 */
import { FieldReader, integerText } from '../fields.js';
import { type Answer, decodePairs } from '../http.js';
import { BadField, type Call, type Operation, RefusedCall } from '../operation.js';
import type { Resource, StudioWorkspace, World } from '../world.js';

const KIND = 'huawei.dataarts-studio.workspace';
type Workspace = Resource<StudioWorkspace>;

/** Limits: "Creating a Workspace" (2023-11 copy) and, for the name, the console guide: unique within the instance. */
const NAME = { pattern: /^[A-Za-z0-9_-]{1,32}$/, rule: 'name must have 1 to 32 letters, digits, _ or -' };
const EPS = { min: 1, max: 128 };
const DESCRIPTION = { max: 1024 };
const OBS_PATH = { max: 128, pattern: /^(obs:\/\/.+)?$/, rule: 'must be a path like obs://bucket/path/' };

const DEFAULT_LIMIT = 20;

export function studioOperations(world: World): readonly Operation[] {
  const operation = (
    name: string,
    effect: Operation['effect'],
    run: (call: Call) => Answer,
    subject?: Operation['subject'],
  ): Operation => ({
    name,
    service: 'dataarts-studio',
    effect,
    run: (call) => {
      checkInstance(world, call);
      return run(call);
    },
    ...(subject && { subject }),
  });
  const nameOfPath = (call: Call): string | undefined => world.get(KIND, call.params.workspace ?? '')?.name;
  const nameOfBody = (call: Call): string | undefined => FieldReader.fromJson(call.request.body).text('name');
  const list = (call: Call): Answer => listWorkspaces(world, call);
  const setStatus =
    (status: number) =>
    (call: Call): Answer => {
      wanted(world, call).body.status = status;
      return { status: 200, body: { is_success: true, message: null } };
    };
  return [
    operation('CreateManagerWorkSpace', 'write', (call) => createWorkspace(world, call), nameOfBody),
    operation('ListManagerWorkSpaces', 'read', list),
    operation('ListWorkspacesForUser', 'read', list),
    operation('ShowWorkSpace', 'read', (call) => showWorkspace(world, call), nameOfPath),
    operation(
      'BatchDeleteWorkspaces',
      'write',
      (call) => deleteWorkspaces(world, call),
      (call) => idsOf(call).map((id) => world.get(KIND, id)?.name)[0],
    ),
    operation('dataarts-studio/UpdateWorkspace', 'write', (call) => updateWorkspace(world, call), nameOfPath),
    operation('UpdateWorkSpaceOld', 'write', (call) => updateWorkspace(world, call), nameOfPath),
    operation('FreezeWorkspace', 'write', setStatus(5), nameOfPath),
    operation('UnfreezeWorkspace', 'write', setStatus(0), nameOfPath),
    operation('ListDataArtsStudioInstances', 'read', () => ({
      status: 200,
      body: { billing_check: true, count: 1, commodity_orders: [{ resource_id: world.credentials.huawei.instanceId }] },
    })),
  ];
}

function checkInstance(world: World, call: Call): void {
  const { instance } = call.params;
  if (instance !== undefined && instance !== world.credentials.huawei.instanceId) {
    throw refused('the instance does not exist');
  }
}

/** The service has one code for all refusals; only the text says why. */
function refused(why: string): RefusedCall {
  return new RefusedCall({ status: 400, message: `The operation failed, detail msg ${why}.` });
}

/** Writes may also be refused with 200 and `is_success: false`, as sibling calls of the service do. */
function refusedWrite(world: World, why: string): RefusedCall {
  const status = world.settings.studioRefusals === 'is-success-false' ? 200 : 400;
  return new RefusedCall({ ...refused(why).refusal, status });
}

const DONE: Answer = { status: 200, body: { message: null, is_success: true } };

function createWorkspace(world: World, call: Call): Answer {
  const fields = FieldReader.fromJson(call.request.body);
  const name = fields.requiredText('name', NAME);
  const epsId = fields.requiredText('eps_id', EPS);
  const description = fields.text('description', DESCRIPTION);
  const jobLogLocation = fields.text('job_log_location_name', OBS_PATH);
  const badRecordLocation = fields.text('bad_record_location_name', OBS_PATH);
  if (world.byName(KIND, name)) throw refusedWrite(world, 'the workspace name already exists');
  world.add({
    name,
    description,
    body: { kind: KIND, epsId, jobLogLocation, badRecordLocation, isDefault: 0, status: 0 },
  });
  return DONE;
}

function listWorkspaces(world: World, call: Call): Answer {
  const query = new Map(decodePairs(call.request.query));
  const limit = integerText('limit', query.get('limit'), { min: 1, fallback: DEFAULT_LIMIT });
  const offset = integerText('offset', query.get('offset'), { fallback: 0 });
  const all = world.list(KIND, call.asOf);
  const data = all.slice(offset, offset + limit).map((workspace) => show(world, workspace));
  return { status: 200, body: { count: all.length, total_page: Math.ceil(all.length / limit), data } };
}

function showWorkspace(world: World, call: Call): Answer {
  return { status: 200, body: show(world, wanted(world, call, call.asOf)) };
}

function wanted(world: World, call: Call, asOf?: number): Workspace {
  const workspace = world.get(KIND, call.params.workspace ?? '', asOf);
  if (!workspace) throw refused('the workspace does not exist');
  return workspace;
}

function idsOf(call: Call): readonly string[] {
  const ids = FieldReader.fromJson(call.request.body).list('workspace_ids');
  if (!ids || ids.length === 0) throw new BadField('workspace_ids', 'must hold at least one id');
  return ids.map((id, i) => {
    if (typeof id !== 'string') throw new BadField(`workspace_ids[${i}]`, 'must be a string');
    return id;
  });
}

/** All or nothing: atomicity is not documented. */
function deleteWorkspaces(world: World, call: Call): Answer {
  const workspaces = idsOf(call).map((id) => {
    const workspace = world.get(KIND, id);
    if (!workspace) throw refusedWrite(world, 'the workspace does not exist');
    if (workspace.body.isDefault !== 0) throw refusedWrite(world, 'the default workspace cannot be deleted');
    if (workspace.contents.length > 0)
      throw refusedWrite(world, `the workspace still holds ${workspace.contents.join(', ')}`);
    return workspace;
  });
  for (const workspace of workspaces) world.remove(workspace);
  return DONE;
}

function updateWorkspace(world: World, call: Call): Answer {
  const workspace = wanted(world, call);
  const fields = FieldReader.fromJson(call.request.body);
  const name = fields.requiredText('name', NAME);
  const namesake = world.byName(KIND, name);
  if (namesake && namesake !== workspace) throw refusedWrite(world, 'the workspace name already exists');
  const { body } = workspace;
  const changes = {
    description: fields.text('description', DESCRIPTION) ?? workspace.description,
    epsId: fields.text('eps_id', EPS) ?? body.epsId,
    jobLogLocation: fields.text('job_log_location_name', OBS_PATH) ?? body.jobLogLocation,
    badRecordLocation: fields.text('bad_record_location_name', OBS_PATH) ?? body.badRecordLocation,
    status: fields.integer('status', { min: 0, max: 5 }) ?? body.status,
  };
  Object.assign(workspace, { name, description: changes.description, modifiedAt: world.now() });
  const { description: _, ...rest } = changes;
  Object.assign(body, rest);
  return DONE;
}

/** There is no status field: a frozen workspace looks like any other. */
function show(world: World, workspace: Workspace): object {
  const { projectId, instanceId, domainName, userName } = world.credentials.huawei;
  const { body } = workspace;
  return {
    id: workspace.id,
    name: workspace.name,
    description: workspace.description,
    eps_id: body.epsId,
    bad_record_location_name: body.badRecordLocation ?? null,
    job_log_location_name: body.jobLogLocation ?? `obs://dlf-log-${projectId}/`,
    is_default: body.isDefault,
    owner_name: userName,
    project_id: projectId,
    domain_id: domainName,
    instance_id: instanceId,
    create_time: workspace.createdAt,
    create_user: userName,
    member_num: 1,
    update_time: workspace.modifiedAt,
    update_user: userName,
  };
}
