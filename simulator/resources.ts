/**
 * Resources seen and changed from outside the clouds' own APIs: what a test reads to prove that nothing is left, and how
 * it plants bystanders or changes something behind a client's back. No cloud rule is checked here.
 */
import { rewriteFlowSpec } from './alibaba/flow-spec.js';
import { projectStatus } from './alibaba/projects.js';
import { editFields } from './edit-fields.js';
import { FieldReader, isObject } from './fields.js';
import type { DataWorksWorkflow, KindName, Resource, ResourceBody, World } from './world.js';

export interface ResourceView {
  readonly kind: KindName;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: string;
  readonly contents: readonly string[];
  /** DataWorks only. */
  readonly projectId?: string;
  readonly published?: boolean;
  readonly status?: string;
}

export interface PlantedResource {
  readonly kind: KindName;
  readonly name: string;
  readonly description?: string;
  /** What it holds: endpoints (Fabric), data connections and the like (Studio), AI apps (AI workspace). */
  readonly contents?: readonly string[];
  /** DataWorks workflow: whether it is published, and its project if not the configured one. */
  readonly published?: boolean;
  readonly projectId?: string;
}

export interface ResourceChanges {
  readonly name?: string;
  readonly description?: string;
  readonly contents?: readonly string[];
  readonly published?: boolean;
  /** DataWorks project. */
  readonly status?: 'Available' | 'InitFailed' | 'Forbidden';
  /** Anything that its create takes, under the name that it has there; any value. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Everything throws an Error that says what would be right. */
export interface Resources {
  list(): readonly ResourceView[];
  plant(resource: PlantedResource): ResourceView;
  edit(id: string, changes: ResourceChanges): ResourceView;
  remove(id: string): void;
}

export function resourcesOf(world: World): Resources {
  const wanted = (id: string): Resource => {
    const resource = world.any(id);
    if (!resource)
      throw new Error('resources: there is no live resource with this id; GET /__simulator/state lists them');
    return resource;
  };
  return {
    list: () => world.live().map((resource) => view(world, resource)),
    plant: ({ kind, name, description, contents, ...rest }) => {
      const body = bodyOf(world, kind, name, { description, ...rest });
      const given = { name, ...(description !== undefined && { description }), ...(contents && { contents }), body };
      return view(world, world.add(given));
    },
    edit: (id, changes) => {
      const resource = wanted(id);
      editFields(resource, changes.fields ?? {});
      change(resource, changes);
      resource.modifiedAt = world.now();
      return view(world, resource);
    },
    remove: (id) => world.remove(wanted(id)),
  };
}

function view(world: World, resource: Resource): ResourceView {
  const { id, name, description, contents, body } = resource;
  const common = {
    kind: body.kind,
    id,
    name,
    description,
    createdAt: new Date(resource.createdAt).toISOString(),
    contents,
  };
  if (body.kind === 'alibaba.dataworks.workflow')
    return { ...common, projectId: body.projectId, published: body.published };
  if (body.kind !== 'alibaba.dataworks.project') return common;
  return { ...common, status: projectStatus(world, { ...resource, body }) };
}

function bodyOf(
  world: World,
  kind: KindName,
  name: string,
  given: { readonly description: string | undefined; readonly published?: boolean; readonly projectId?: string },
): ResourceBody {
  const { naver, alibaba } = world.credentials;
  switch (kind) {
    case 'huawei.dataarts-studio.workspace':
      return { kind, epsId: '0', jobLogLocation: undefined, badRecordLocation: undefined, isDefault: 0, status: 0 };
    case 'huawei.dataarts-fabric.workspace':
      return { kind, metastoreId: undefined, enterpriseProjectId: '0', tags: [] };
    case 'naver.data-forest.ai-workspace': {
      const configuration = { docker: { command: 'ls', image: 'tensorflow:r2.3.1-py3' } };
      return { kind, accountId: naver.accountId, configurations: [{ configuration, at: world.now() }] };
    }
    case 'alibaba.dataworks.workflow':
      return workflowBody(name, { projectId: alibaba.projectId, ...given });
    case 'alibaba.dataworks.project':
      return { kind, displayName: name, flags: {}, status: 'Available', readyAt: world.now() };
  }
}

function workflowBody(
  name: string,
  given: { readonly projectId: string; readonly published?: boolean; readonly description: string | undefined },
): DataWorksWorkflow {
  const type = 'CycleWorkflow';
  const workflow = { name, description: given.description, script: { path: name, runtime: { command: 'WORKFLOW' } } };
  const spec = JSON.stringify({ version: '2.0.0', kind: type, spec: { workflows: [workflow] } });
  const { projectId, published = false } = given;
  return { kind: 'alibaba.dataworks.workflow', projectId, type, path: name, spec, published };
}

function change(resource: Resource, changes: ResourceChanges): void {
  const { body } = resource;
  resource.name = changes.name ?? resource.name;
  resource.description = changes.description ?? resource.description;
  resource.contents = changes.contents ?? resource.contents;
  if (body.kind === 'alibaba.dataworks.workflow') {
    body.published = changes.published ?? body.published;
    const { name, description } = changes;
    body.path = name === undefined ? body.path : [...body.path.split('/').slice(0, -1), name].join('/');
    body.spec = rewriteFlowSpec(body.spec, {
      path: body.path,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
    });
  } else if (body.kind === 'alibaba.dataworks.project') {
    body.status = changes.status ?? body.status;
  }
}

const KINDS: readonly string[] = [
  'huawei.dataarts-studio.workspace',
  'huawei.dataarts-fabric.workspace',
  'naver.data-forest.ai-workspace',
  'alibaba.dataworks.workflow',
  'alibaba.dataworks.project',
] satisfies readonly KindName[];

export function parsePlanted(value: unknown): PlantedResource {
  const fields = FieldReader.of(value, 'resource');
  checkKeys(value, ['kind', 'name', 'description', 'contents', 'published', 'projectId']);
  if (!KINDS.includes(fields.requiredText('kind')))
    throw new Error(`resource.kind: must be one of ${KINDS.join(', ')}`);
  fields.requiredText('name');
  fields.text('projectId');
  checkCommon(fields);
  return value as PlantedResource;
}

export function parseChanges(value: unknown): ResourceChanges {
  const fields = FieldReader.of(value, 'resource');
  checkKeys(value, ['name', 'description', 'contents', 'published', 'status', 'fields']);
  fields.object('fields');
  fields.text('name', { min: 1 });
  const statuses = ['Available', 'InitFailed', 'Forbidden'];
  const status = fields.text('status');
  if (status !== undefined && !statuses.includes(status))
    throw new Error(`resource.status: must be one of ${statuses.join(', ')}`);
  checkCommon(fields);
  return value as ResourceChanges;
}

function checkCommon(fields: FieldReader): void {
  fields.text('description');
  const contents = fields.list('contents') ?? [];
  if (!contents.every((item) => typeof item === 'string'))
    throw new Error('resource.contents: must be an array of strings');
  const published = fields.raw('published');
  if (published !== undefined && typeof published !== 'boolean')
    throw new Error('resource.published: must be true or false');
}

function checkKeys(value: unknown, known: readonly string[]): void {
  const unknown = isObject(value) ? Object.keys(value).filter((key) => !known.includes(key)) : [];
  if (unknown.length > 0) throw new Error(`resource.${unknown[0]}: unknown; known are ${known.join(', ')}`);
}
