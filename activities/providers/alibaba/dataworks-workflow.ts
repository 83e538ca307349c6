/**
 * Kind `alibaba.dataworks.workflow`. The look-up goes by name alone, over both types: whether DataWorks holds a name
 * unique in a workspace or only in a folder is documented nowhere, and a workflow of ours that somebody moved to
 * another folder must still be found by its undo. The marker is in the description of the workflow inside the FlowSpec.
 */
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { defineKind, type Sighting } from '../../kind.js';
import { ProviderError } from '../../provider-error.js';
import { readAnswer } from '../read-answer.js';
import { action, requestIdOf } from './actions.js';
import { projectPage } from './console.js';
import { describeWorkflow, flowSpec, workflowOf } from './flow-spec.js';
import { idSchema, projectOf, specId } from './ids.js';
import { DESCRIPTION_MAX, LATE_COMMIT_WINDOW_MS } from './limits.js';
import { listEach, listWhole, type Page } from './list-pages.js';
import { shownFlowSpec } from './shown-flow-spec.js';
import { takeOffline } from './take-offline.js';

const spec = z.strictObject({ ProjectId: specId.optional(), Spec: flowSpec });

export type WorkflowSpec = z.infer<typeof spec>;
/** As a plan writes it. */
export type WorkflowSpecInput = z.input<typeof spec>;

/** Type defaults to CycleWorkflow: manual workflows are missed unless asked for (list model of the SDK). */
const TYPES = ['CycleWorkflow', 'ManualWorkflow'] as const;

const listItem = z.object({
  Id: idSchema,
  Name: z.string(),
  Description: z.string().nullish(),
  // Beside the point of a look-up: no reason to refuse the list.
  Type: z.string().nullish().catch(undefined),
  CreateTime: z.number().nullish().catch(undefined),
  Script: z.object({ Path: z.string().nullish() }).nullish().catch(undefined),
});

type ListItem = z.infer<typeof listItem>;

const listPage: z.ZodType<Page<ListItem>> = z
  .object({ PagingInfo: z.object({ TotalCount: z.number(), WorkflowDefinitions: z.array(listItem).nullish() }) })
  .transform(({ PagingInfo }) => ({ items: PagingInfo.WorkflowDefinitions ?? [], total: PagingInfo.TotalCount }));

const getAnswer = z.object({
  WorkflowDefinition: z.object({
    Id: idSchema,
    Name: z.string(),
    CreateTime: z.number().nullish().catch(undefined),
    /** FlowSpec as text, with what the server added. */
    Spec: z.string().nullish(),
    /** Of the scheduler: there once the workflow was published. */
    WorkflowId: idSchema.nullish(),
  }),
});

type Definition = z.infer<typeof getAnswer>['WorkflowDefinition'];

const storedDocument = z.object({
  kind: z.string().optional(),
  spec: z.object({
    workflows: z
      .array(
        z.object({ description: z.string().nullish(), script: z.object({ path: z.string().optional() }).optional() }),
      )
      .min(1),
  }),
});

export const alibabaDataworksWorkflow = defineKind<WorkflowSpec>({
  name: 'alibaba.dataworks.workflow',
  provider: 'alibaba',
  title: 'DataWorks workflow',
  spec,
  outputs: {
    Name: 'its name',
    ProjectId: 'id of its workspace',
    Type: 'CycleWorkflow or ManualWorkflow',
    Path: 'its path in Data Studio, empty where DataWorks does not show it',
  },
  scopeFields: { ProjectId: 'projectId' },
  secretFields: [],
  sensitiveFields: [],
  description: {
    maxLength: DESCRIPTION_MAX,
    path: 'Spec.spec.workflows[0].description',
    read: (of) => workflowOf(of.Spec)?.description,
    write: (of, description) => ({ ...of, Spec: describeWorkflow(of.Spec, description) }),
  },
  nameOf(of) {
    const name = workflowOf(of.Spec)?.name;
    return typeof name === 'string' ? name : undefined;
  },
  // Alibaba's own notes describe both: a second object, and a refusal. There is no client token.
  duplicates: 'possible',
  lateCommitWindowMs: LATE_COMMIT_WINDOW_MS,
  // No address of a single workflow is documented: its project's page leads to it.
  consoleUrl: ({ region, spec }) => projectPage(region, spec.ProjectId),
  calls: {
    create: ['POST / CreateWorkflowDefinition'],
    delete: [
      'POST / CreatePipelineRun, ExecPipelineRunStage (Offline, if published)',
      'POST / DeleteWorkflowDefinition',
    ],
  },

  async create(cloud, of) {
    const ProjectId = projectOf(cloud, of.ProjectId);
    const answer = await cloud.call(action('CreateWorkflowDefinition', { ProjectId, Spec: of.Spec }));
    const made = z.object({ Id: idSchema }).safeParse(answer.body);
    return { ...(made.success && { id: made.data.Id }), ...requestIdOf(answer) };
  },

  async find(cloud, { spec: of, id }) {
    const ProjectId = projectOf(cloud, of.ProjectId);
    const named = await findByName(cloud, ProjectId, workflowOf(of.Spec)?.name ?? '');
    if (id === undefined || named.some((seen) => seen.id === id)) return named;
    // Renamed since: the id still finds it.
    const definition = await getDefinition(cloud, ProjectId, id);
    return definition ? [...named, fromDefinition(definition, ProjectId)] : named;
  },

  async delete(cloud, { id }, of) {
    const ProjectId = projectOf(cloud, of.ProjectId);
    const definition = await getDefinition(cloud, ProjectId, id);
    if (definition?.WorkflowId) await takeOfflineIfPublished(cloud, ProjectId, id);
    const request = action('DeleteWorkflowDefinition', { Id: id, ProjectId });
    try {
      return requestIdOf(await cloud.call(request));
    } catch (error) {
      if (!isOfType(error, 'NotEmpty')) throw error;
      await takeOffline(cloud, ProjectId, id);
      return requestIdOf(await cloud.call(request));
    }
  },

  async *list(cloud) {
    const ProjectId = projectOf(cloud, undefined);
    for (const Type of TYPES) {
      const items = listEach(cloud, listPage, pageOf({ ProjectId, Type }));
      for await (const item of items) yield toSighting(cloud, item, ProjectId, Type);
    }
  },

  async observe(cloud, { id }, of) {
    const ProjectId = projectOf(cloud, of.ProjectId);
    const Spec = shownFlowSpec((await getDefinition(cloud, ProjectId, id))?.Spec);
    if (Spec) return { Spec };
    // The list has just shown it: the next look decides.
    throw new ProviderError('GetWorkflowDefinition: does not show the FlowSpec of a workflow that is listed', {
      type: 'ServiceInternalError',
      retryable: true,
      sent: 'never',
      provider: 'alibaba',
      operation: 'GetWorkflowDefinition',
    });
  },

  specOf: ({ name, outputs }) => ({
    ...(outputs.ProjectId !== undefined && { ProjectId: outputs.ProjectId }),
    Spec: { spec: { workflows: [{ name }] } },
  }),
});

function isOfType(error: unknown, type: ProviderError['facts']['type']): boolean {
  return error instanceof ProviderError && error.facts.type === type;
}

/** The scheduler's id may outlive an earlier attempt's success: then there is nothing to take offline any more. */
async function takeOfflineIfPublished(cloud: Cloud, ProjectId: string, id: string): Promise<void> {
  try {
    await takeOffline(cloud, ProjectId, id);
  } catch (error) {
    const nothing =
      isOfType(error, 'InvalidRequest') && (error as ProviderError).facts.operation === 'CreatePipelineRun';
    if (!nothing) throw error;
  }
}

function pageOf(filter: { readonly ProjectId: string; readonly Type: string; readonly Name?: string }) {
  return (page: { readonly PageNumber: number; readonly PageSize: number }) =>
    action('ListWorkflowDefinitions', { ...filter, ...page });
}

/** The list matches names fuzzily; only exact ones count. */
function findByName(cloud: Cloud, ProjectId: string, Name: string): Promise<readonly Sighting[]> {
  const ofType = async (Type: string) => {
    const found: Sighting[] = [];
    for (const item of await listWhole(cloud, listPage, pageOf({ ProjectId, Type, Name }))) {
      if (item.Name === Name) found.push(await toSighting(cloud, item, ProjectId, Type));
    }
    return found;
  };
  return cloud.shared(`ListWorkflowDefinitions ${ProjectId} ${Name}`, async () => {
    return (await Promise.all(TYPES.map(ofType))).flat();
  });
}

/** Where the list shows no description, the stored FlowSpec is read: it is where the marker was written. */
async function toSighting(cloud: Cloud, item: ListItem, ProjectId: string, Type: string): Promise<Sighting> {
  const definition = item.Description ? undefined : await getDefinition(cloud, ProjectId, item.Id);
  const stored = definition && documentOf(definition);
  return {
    id: item.Id,
    name: item.Name,
    description: item.Description || stored?.description,
    status: 'ready',
    outputs: { Name: item.Name, ProjectId, Type: item.Type ?? Type, Path: item.Script?.Path ?? stored?.path ?? '' },
    ...(typeof item.CreateTime === 'number' && { createdAt: item.CreateTime }),
  };
}

function fromDefinition(definition: Definition, ProjectId: string): Sighting {
  const { type = '', description, path = '' } = documentOf(definition) ?? {};
  return {
    id: definition.Id,
    name: definition.Name,
    description,
    status: 'ready',
    outputs: { Name: definition.Name, ProjectId, Type: type, Path: path },
    ...(typeof definition.CreateTime === 'number' && { createdAt: definition.CreateTime }),
  };
}

interface StoredFacts {
  readonly type: string | undefined;
  readonly description: string | undefined;
  readonly path: string | undefined;
}

function documentOf({ Spec }: Definition): StoredFacts | undefined {
  try {
    const { kind, spec: inner } = storedDocument.parse(JSON.parse(Spec ?? ''));
    const [first] = inner.workflows;
    return { type: kind, description: first?.description ?? undefined, path: first?.script?.path };
  } catch {
    return undefined;
  }
}

async function getDefinition(cloud: Cloud, ProjectId: string, Id: string): Promise<Definition | undefined> {
  const request = action('GetWorkflowDefinition', { Id, ProjectId });
  try {
    const answer = await cloud.call(request);
    return readAnswer(getAnswer, answer, { provider: 'alibaba', operation: request.operation }).WorkflowDefinition;
  } catch (error) {
    if (isOfType(error, 'NotFound') || isAmbiguouslyMissing(error)) return undefined;
    throw error;
  }
}

/**
 * 9990040003 stands for a missing workspace too. Every caller has listed the workspace before, or deletes next, and
 * that call fails where the workspace is what is missing; a message that echoes a name must not decide this.
 */
function isAmbiguouslyMissing(error: unknown): boolean {
  return error instanceof ProviderError && error.facts.code === '9990040003';
}
