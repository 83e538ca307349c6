/**
 * Kind `alibaba.dataworks.project`, a workspace. Creating is asynchronous in effect: the core polls until Available,
 * and fails at once on InitFailed. A delete moves it to a recycle bin, which blocks its name for 14 days.
 */
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { defineKind, type Sighting } from '../../kind.js';
import { ProviderError } from '../../provider-error.js';
import { readAnswer } from '../read-answer.js';
import { shownFields } from '../shown-fields.js';
import { action, requestIdOf } from './actions.js';
import { projectPage } from './console.js';
import { idSchema } from './ids.js';
import { DESCRIPTION_MAX, LATE_COMMIT_WINDOW_MS, PROJECT_NAME_PATTERN } from './limits.js';
import { listEach, listWhole, type Page } from './list-pages.js';

const spec = z.strictObject({
  Name: z
    .string()
    .regex(PROJECT_NAME_PATTERN, 'must be 3 to 28 letters, digits and underscores, and begin with a letter'),
  DisplayName: z.string().min(1),
  Description: z.string().max(DESCRIPTION_MAX, `must be at most ${DESCRIPTION_MAX} characters`).optional(),
  PaiTaskEnabled: z.boolean().optional(),
  DevEnvironmentEnabled: z.boolean().optional(),
  DevRoleDisabled: z.boolean().optional(),
  AliyunResourceGroupId: z.string().min(1).optional(),
  AliyunResourceTags: z.array(z.strictObject({ Key: z.string().min(1), Value: z.string() })).optional(),
});

export type ProjectSpec = z.infer<typeof spec>;
/** As a plan writes it. */
export type ProjectSpecInput = z.input<typeof spec>;

const project = z.looseObject({
  Id: idSchema,
  Name: z.string(),
  DisplayName: z.string().nullish(),
  Description: z.string().nullish(),
  Status: z.string(),
});

type Project = z.infer<typeof project>;

const listPage: z.ZodType<Page<Project>> = z
  .object({ PagingInfo: z.object({ TotalCount: z.number(), Projects: z.array(project).nullish() }) })
  .transform(({ PagingInfo }) => ({ items: PagingInfo.Projects ?? [], total: PagingInfo.TotalCount }));

/** Project.Status in the models of the SDK. A word that is not here is pending: nothing may be concluded from it. */
const STATUS: Readonly<Record<string, Sighting['status']>> = {
  Available: 'ready',
  Initializing: 'pending',
  Updating: 'pending',
  InitFailed: 'failed',
  UpdateFailed: 'failed',
  Forbidden: 'failed',
  Frozen: 'failed',
  DeleteFailed: 'failed',
  Deleting: 'deleting',
};

export const alibabaDataworksProject = defineKind<ProjectSpec>({
  name: 'alibaba.dataworks.project',
  provider: 'alibaba',
  title: 'DataWorks workspace',
  spec,
  outputs: { Name: 'its name', DisplayName: 'its display name' },
  scopeFields: {},
  secretFields: [],
  sensitiveFields: [],
  description: {
    maxLength: DESCRIPTION_MAX,
    path: 'Description',
    read: (of) => of.Description,
    write: (of, Description) => ({ ...of, Description }),
  },
  nameOf: (of) => (typeof of.Name === 'string' ? of.Name : undefined),
  // "Unique per region" says the page of CreateProject.
  duplicates: 'refused',
  lateCommitWindowMs: LATE_COMMIT_WINDOW_MS,
  irreversible: 'After a delete the name of a DataWorks workspace stays blocked for 14 days.',
  contains: ['alibaba.dataworks.workflow'],
  consoleUrl: ({ region }) => projectPage(region, '{id}'),
  calls: { create: ['POST / CreateProject'], delete: ['POST / DeleteProject'] },

  async create(cloud, of) {
    const answer = await cloud.call(action('CreateProject', of));
    // ProjectId is the deprecated name of the same number.
    const made = z.object({ Id: idSchema.nullish(), ProjectId: idSchema.nullish() }).safeParse(answer.body);
    const id = made.data?.Id ?? made.data?.ProjectId ?? undefined;
    return { ...(id !== undefined && { id }), ...requestIdOf(answer) };
  },

  async find(cloud, { spec: of, id }) {
    const named = await findByName(cloud, of.Name);
    if (id === undefined || named.some((seen) => seen.id === id)) return named;
    const other = await getProject(cloud, id);
    return other ? [...named, toSighting(other)] : named;
  },

  async delete(cloud, { id }) {
    return requestIdOf(await cloud.call(action('DeleteProject', { Id: id })));
  },

  async *list(cloud) {
    for await (const item of listEach(cloud, listPage, (page) => action('ListProjects', page))) yield toSighting(item);
  },
});

function findByName(cloud: Cloud, Name: string): Promise<readonly Sighting[]> {
  return cloud.shared(`ListProjects ${Name}`, async () => {
    const all = await listWhole(cloud, listPage, (page) => action('ListProjects', { Names: [Name], ...page }));
    return all.filter((item) => item.Name === Name).map(toSighting);
  });
}

async function getProject(cloud: Cloud, Id: string): Promise<Project | undefined> {
  const request = action('GetProject', { Id });
  try {
    const answer = await cloud.call(request);
    return readAnswer(z.object({ Project: project }), answer, { provider: 'alibaba', operation: request.operation })
      .Project;
  } catch (error) {
    if (error instanceof ProviderError && error.facts.type === 'NotFound') return undefined;
    throw error;
  }
}

/** The lists show what GetProject shows. */
const FIELDS = Object.keys(spec.shape);

function toSighting(row: Project): Sighting {
  const { Id, Name, DisplayName, Description, Status } = row;
  return {
    id: Id,
    name: Name,
    description: Description ?? undefined,
    status: STATUS[Status] ?? 'pending',
    outputs: { Name, DisplayName: DisplayName ?? '' },
    fields: shownFields(row, FIELDS),
  };
}
