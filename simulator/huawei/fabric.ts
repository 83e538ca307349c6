/**
 * DataArts Fabric: workspaces of a project, and as much of their endpoints as "not empty" needs. A missing workspace has
 * three documented spellings: `settings.fabricNotFound`. Source: DataArts Fabric API Reference, "Error Codes" included.
 */
import { FieldReader, integerText } from '../fields.js';
import { type Answer, decodePairs } from '../http.js';
import { BadField, type Call, type Operation, type Refusal, RefusedCall } from '../operation.js';
import type { SimulatorSettings } from '../settings.js';
import type { FabricWorkspace, Resource, World } from '../world.js';

const KIND = 'huawei.dataarts-fabric.workspace';
type Workspace = Resource<FabricWorkspace>;

const NAME = { pattern: /^[A-Za-z0-9-]{4,32}$/, rule: 'name must have 4 to 32 letters, digits or -' };
const DESCRIPTION = { max: 255 };
const METASTORE = { pattern: /^[A-Za-z0-9-]{32,36}$/, rule: 'must have 32 to 36 letters, digits or -' };
const ENTERPRISE_PROJECT = { pattern: /^[A-Za-z0-9-]{1,64}$/, rule: 'must have 1 to 64 letters, digits or -' };
const TAG_KEY = { pattern: /^[\p{L}\d \t_.:\\=+\-@]{1,128}$/u, rule: 'must have 1 to 128 of the allowed characters' };
const TAG_VALUE = { pattern: /^[\p{L}\d \t_.:\\=+\-@]{0,255}$/u, rule: 'must have 0 to 255 of the allowed characters' };

/** The filter also allows `_`, which no workspace's name may hold. */
const NAME_FILTER = /^[A-Za-z0-9_-]{4,32}$/;

const MISSING: Readonly<Record<SimulatorSettings['fabricNotFound'], Refusal>> = {
  '404': { status: 404, code: 'common.01000001', message: 'response status exception, code: 404' },
  '00010003': { status: 400, code: 'dataartsfabric.00010003', message: 'The workspace does not exist.' },
  '00010009': { status: 400, code: 'dataartsfabric.00010009', message: 'The queried resource does not exist.' },
};

/** "Duplicate", "quota" and "not empty" are promised in prose only: the codes from ...9001 on are the simulator's own. */
const DUPLICATE = { status: 400, code: 'dataartsfabric.00019001', message: 'The workspace name already exists.' };
const QUOTA = { status: 400, code: 'dataartsfabric.00019002', message: 'The number of workspaces exceeds the quota.' };
const NOT_EMPTY = {
  status: 400,
  code: 'dataartsfabric.00019003',
  message: 'The workspace is not empty: clear its compute resources, endpoints and applications first.',
};

export function fabricOperations(world: World): readonly Operation[] {
  const operation = (
    name: string,
    effect: Operation['effect'],
    run: (call: Call) => Answer,
    subject?: Operation['subject'],
  ): Operation => ({ name, service: 'dataarts-fabric', effect, run, ...(subject && { subject }) });
  const nameOfPath = (call: Call): string | undefined => world.get(KIND, call.params.workspace ?? '')?.name;
  return [
    operation(
      'CreateWorkspace',
      'write',
      (call) => createWorkspace(world, call),
      (call) => FieldReader.fromJson(call.request.body).text('name'),
    ),
    operation(
      'ListWorkspaces',
      'read',
      (call) => listWorkspaces(world, call),
      (call) => new Map(decodePairs(call.request.query)).get('name'),
    ),
    operation('UpdateWorkspace', 'write', (call) => updateWorkspace(world, call), nameOfPath),
    operation('DeleteWorkspace', 'write', (call) => deleteWorkspace(world, call), nameOfPath),
    operation('ListEndpoints', 'read', (call) => listEndpoints(world, call), nameOfPath),
    operation('DeleteEndpoint', 'write', (call) => deleteEndpoint(world, call), nameOfPath),
  ];
}

function createWorkspace(world: World, call: Call): Answer {
  const fields = FieldReader.fromJson(call.request.body);
  const name = fields.requiredText('name', NAME);
  const description = fields.text('description', DESCRIPTION);
  const metastoreId = fields.text('metastore_id', METASTORE);
  const enterpriseProjectId = fields.text('enterprise_project_id', ENTERPRISE_PROJECT) ?? '0';
  const tags = (fields.objects('tags') ?? []).map((tag) => ({
    key: tag.requiredText('key', TAG_KEY),
    value: tag.text('value', TAG_VALUE) ?? '',
  }));
  if (world.byName(KIND, name)) throw new RefusedCall(DUPLICATE);
  if (world.list(KIND).length >= world.settings.fabricQuota) throw new RefusedCall(QUOTA);
  const body: FabricWorkspace = { kind: KIND, metastoreId, enterpriseProjectId, tags };
  return { status: 200, body: show(world, world.add({ name, description, body })) };
}

function listWorkspaces(world: World, call: Call): Answer {
  const query = new Map(decodePairs(call.request.query));
  const limit = integerText('limit', query.get('limit'), { min: 1, max: 100, fallback: 10 });
  const offset = integerText('offset', query.get('offset'), { max: 1_000_000_000, fallback: 0 });
  const name = query.get('name') ?? '';
  if (name !== '' && !NAME_FILTER.test(name)) throw new BadField('name', 'must have 4 to 32 letters, digits, - or _');
  const project = query.get('enterprise_project_id') ?? 'all_granted_eps';
  const id = query.get('id');
  const found = world
    .list(KIND, call.asOf)
    .filter(
      (workspace) =>
        workspace.name.includes(name) &&
        (id === undefined || workspace.id === id) &&
        (project === 'all_granted_eps' || workspace.body.enterpriseProjectId === project),
    );
  const workspaces = found.slice(offset, offset + limit).map((workspace) => show(world, workspace));
  return { status: 200, body: { total: found.length, workspaces } };
}

function wanted(world: World, call: Call): Workspace {
  const workspace = world.get(KIND, call.params.workspace ?? '');
  if (!workspace) throw new RefusedCall(MISSING[world.settings.fabricNotFound]);
  return workspace;
}

function updateWorkspace(world: World, call: Call): Answer {
  const workspace = wanted(world, call);
  const fields = FieldReader.fromJson(call.request.body);
  const name = fields.text('name', NAME) ?? workspace.name;
  const description = fields.text('description', DESCRIPTION) ?? workspace.description;
  const metastoreId = fields.text('metastore_id', METASTORE) ?? workspace.body.metastoreId;
  const namesake = world.byName(KIND, name);
  if (namesake && namesake !== workspace) throw new RefusedCall(DUPLICATE);
  Object.assign(workspace, { name, description, modifiedAt: world.now() });
  workspace.body.metastoreId = metastoreId;
  return { status: 200, body: show(world, workspace) };
}

function deleteWorkspace(world: World, call: Call): Answer {
  const workspace = wanted(world, call);
  if (workspace.contents.length > 0) throw new RefusedCall(NOT_EMPTY);
  world.remove(workspace);
  return { status: 200 };
}

/** An endpoint's id is its name: endpoints come only from the control API, as a workspace's `contents`. */
function listEndpoints(world: World, call: Call): Answer {
  const query = new Map(decodePairs(call.request.query));
  const limit = integerText('limit', query.get('limit'), { min: 1, max: 100, fallback: 10 });
  const offset = integerText('offset', query.get('offset'), { fallback: 0 });
  const { contents } = wanted(world, call);
  const endpoints = contents
    .slice(offset, offset + limit)
    .map((name) => ({ id: name, name, type: 'ray', status: 'RUNNING', visibility: 'PRIVATE' }));
  return { status: 200, body: { total: contents.length, endpoints } };
}

function deleteEndpoint(world: World, call: Call): Answer {
  const workspace = wanted(world, call);
  const { endpoint } = call.params;
  if (endpoint === undefined || !workspace.contents.includes(endpoint)) throw new RefusedCall(MISSING['00010009']);
  workspace.contents = workspace.contents.filter((name) => name !== endpoint);
  return { status: 202, body: { id: endpoint } };
}

function show(world: World, workspace: Workspace): object {
  const { domainName, userName } = world.credentials.huawei;
  const { metastoreId, enterpriseProjectId, tags } = workspace.body;
  return {
    id: workspace.id,
    name: workspace.name,
    description: workspace.description,
    create_time: new Date(workspace.createdAt).toISOString().replace('Z', '+00:00'),
    create_domain_name: domainName,
    create_user_name: userName,
    metastore_id: metastoreId ?? null,
    access_url: `https://${workspace.id}.fabric.simulator.invalid/`,
    enterprise_project_id: enterpriseProjectId,
    tags,
  };
}
