/**
 * DataWorks workspaces ("projects"): created in the background, deleted into a recycle bin that keeps the name for 14
 * days. Source: DataWorks 2024-05-18, CreateProject, GetProject, DeleteProject.
 */
import { isObject } from '../fields.js';
import type { Answer } from '../http.js';
import { type Call, type Operation, RefusedCall } from '../operation.js';
import type { DataWorksProject, Resource, World } from '../world.js';
import { invalidParameter, Parameters } from './parameters.js';

const KIND = 'alibaba.dataworks.project';
export type Project = Resource<DataWorksProject>;

const NAME = /^[A-Za-z][A-Za-z0-9_]{2,27}$/;
const FLAGS = ['PaiTaskEnabled', 'DevEnvironmentEnabled', 'DevRoleDisabled'] as const;

/** Terraform reads both as "no such project"; the first also stands for "not there yet". */
const NOT_FOUND = { status: 400, code: '9990040003', message: 'The workspace does not exist or is not ready.' };
const GONE = { status: 400, code: '1101080008', message: 'The workspace does not exist.' };
/** No source has a code for a taken name: this one is the simulator's own. */
const NAME_TAKEN = {
  status: 400,
  code: '1101080901',
  message: 'The workspace name already exists or is in the recycle bin.',
};

export function projectOperations(world: World): readonly Operation[] {
  const operation = (
    name: string,
    effect: Operation['effect'],
    run: (parameters: Parameters, call: Call) => object,
  ): Operation => ({
    name,
    service: 'dataworks',
    effect,
    run: (call): Answer => ({ status: 200, body: { RequestId: call.requestId, ...run(Parameters.of(call), call) } }),
    subject: (call) => subjectOf(world, Parameters.of(call)),
  });
  return [
    operation('CreateProject', 'write', (parameters, call) => createProject(world, parameters, call)),
    operation('GetProject', 'read', (parameters, call) => {
      const id = parameters.id('Id');
      const project = visible(world, call.asOf).find((each) => each.id === id);
      if (!project) throw new RefusedCall(NOT_FOUND);
      return { Project: show(project, call.asOf) };
    }),
    operation('ListProjects', 'read', (parameters, call) => listProjects(world, parameters, call)),
    operation('UpdateProject', 'write', (parameters) => updateProject(world, parameters)),
    operation('DeleteProject', 'write', (parameters) => deleteProject(world, parameters)),
  ];
}

function subjectOf(world: World, parameters: Parameters): string | undefined {
  return parameters.text('Name') ?? world.get(KIND, parameters.text('Id') ?? '')?.name;
}

/** The project that other calls name; refuses as the service does where there is none. */
export function projectOf(world: World, parameters: Parameters): Project {
  const project = world.get(KIND, parameters.id('ProjectId'));
  if (!project) throw new RefusedCall(GONE);
  if (statusOf(project, world.now()) !== 'Available') throw new RefusedCall(NOT_FOUND);
  return project;
}

/** What the control API tells about a project beside its name. */
export function projectStatus(world: World, project: Project): string {
  return statusOf(project, world.now());
}

function createProject(world: World, parameters: Parameters, call: Call): object {
  const name = parameters.required('Name');
  if (!NAME.test(name))
    throw invalidParameter('Name', 'must have 3 to 28 letters, digits or _ and start with a letter');
  const flags = Object.fromEntries(FLAGS.map((flag) => [flag, parameters.boolean(flag) ?? false]));
  const tags = tagsOf(parameters);
  const resourceGroupId = parameters.text('AliyunResourceGroupId');
  const now = world.now();
  const blocked = world
    .ever(KIND)
    .filter((project) => project.name === name)
    .some(({ deletedAt }) => deletedAt === undefined || deletedAt + world.settings.projectNameBlockedMs > now);
  if (blocked) throw new RefusedCall(NAME_TAKEN);
  const project = world.add({
    name,
    description: parameters.text('Description'),
    body: {
      kind: KIND,
      displayName: parameters.text('DisplayName') ?? name,
      flags,
      ...(resourceGroupId && { resourceGroupId }),
      ...(tags && { tags }),
      status: call.initFails ? 'InitFailed' : 'Available',
      readyAt: now + world.settings.projectInitializingMs,
    } satisfies DataWorksProject,
  });
  return { Id: BigInt(project.id), ProjectId: BigInt(project.id) };
}

function tagsOf(parameters: Parameters): DataWorksProject['tags'] {
  const text = parameters.text('AliyunResourceTags');
  if (text === undefined || text === '') return undefined;
  const isTag = (tag: unknown) => isObject(tag) && typeof tag.Key === 'string' && typeof tag.Value === 'string';
  const tags = parseLeniently(text);
  if (!Array.isArray(tags) || !tags.every(isTag))
    throw invalidParameter('AliyunResourceTags', 'must be a JSON array of objects with Key and Value');
  return tags as DataWorksProject['tags'];
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A deleted one is shown as Deleting for a while. */
function visible(world: World, asOf: number): readonly Project[] {
  const { projectDeletingMs } = world.settings;
  return world
    .ever(KIND)
    .filter(({ createdAt, deletedAt = Infinity }) => createdAt <= asOf && deletedAt + projectDeletingMs > asOf);
}

function statusOf(project: Project, asOf: number): string {
  if ((project.deletedAt ?? Infinity) <= asOf) return 'Deleting';
  return asOf < project.body.readyAt ? 'Initializing' : project.body.status;
}

function listProjects(world: World, parameters: Parameters, call: Call): object {
  const names = parameters.list('Names');
  const ids = parameters.list('Ids');
  const status = parameters.text('Status');
  const page = parameters.page();
  const found = visible(world, call.asOf).filter(
    (project) =>
      (!names || names.includes(project.name)) &&
      (!ids || ids.includes(project.id)) &&
      (status === undefined || status === '' || statusOf(project, call.asOf) === status),
  );
  const first = (page.number - 1) * page.size;
  const Projects = found.slice(first, first + page.size).map((project) => show(project, call.asOf));
  return { PagingInfo: { PageNumber: page.number, PageSize: page.size, TotalCount: found.length, Projects } };
}

function existing(world: World, parameters: Parameters): Project {
  const project = world.get(KIND, parameters.id('Id'));
  if (!project) throw new RefusedCall(GONE);
  return project;
}

function updateProject(world: World, parameters: Parameters): object {
  const project = existing(world, parameters);
  const status = parameters.text('Status');
  if (status !== undefined && status !== 'Available' && status !== 'Forbidden') {
    throw invalidParameter('Status', 'must be Available or Forbidden');
  }
  project.description = parameters.text('Description') ?? project.description;
  project.modifiedAt = world.now();
  project.body.displayName = parameters.text('DisplayName') ?? project.body.displayName;
  project.body.status = status ?? project.body.status;
  for (const flag of FLAGS) {
    const value = parameters.boolean(flag);
    if (value !== undefined) project.body.flags = { ...project.body.flags, [flag]: value };
  }
  return { Success: true };
}

/** What is in a project goes with it. */
function deleteProject(world: World, parameters: Parameters): object {
  const project = existing(world, parameters);
  for (const workflow of world.list('alibaba.dataworks.workflow')) {
    if (workflow.body.projectId === project.id) world.remove(workflow);
  }
  world.remove(project);
  return {};
}

function show(project: Project, asOf: number): object {
  const { resourceGroupId, tags } = project.body;
  return {
    Id: BigInt(project.id),
    Name: project.name,
    DisplayName: project.body.displayName,
    Description: project.description,
    Status: statusOf(project, asOf),
    Owner: '1000000000000001',
    ...project.body.flags,
    ...(resourceGroupId && { AliyunResourceGroupId: resourceGroupId }),
    ...(tags && { AliyunResourceTags: tags }),
    CreateTime: project.createdAt,
    ModifyTime: project.modifiedAt,
  };
}
