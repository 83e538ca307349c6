/**
 * Kind `naver.data-forest.ai-workspace`. Create answers an id at once and nothing documents a state, so nothing is
 * waited for. Paths of create, getList and delete follow checkAvailableName, the only one printed with its path.
 * The whole list of an account is one answer without pages: it is shared by all look-ups.
 */
import { z } from 'zod';
import type { Cloud, CloudAnswer, CloudRequest } from '../../cloud.js';
import { defineKind, type Sighting } from '../../kind.js';
import { ProviderError } from '../../provider-error.js';
import { incompleteAnswer, readAnswer } from '../read-answer.js';
import { shownFields } from '../shown-fields.js';
import { latestConfiguration } from './configurations.js';
import {
  ACCOUNT_ID_PATTERN,
  DESCRIPTION_MAX,
  GPU_COUNT_MAX,
  IMAGE_PATTERN,
  LATE_COMMIT_WINDOW_MS,
  NAME_PATTERN,
} from './limits.js';

const positive = z.int().min(1);

/** Data type AiAppTypeSpec. Where its pages and the examples differ (`arg`, string lists), the examples are right. */
const configuration = z.strictObject({
  name: z.string().optional(),
  queueName: z.string().optional(),
  userPackageUri: z.string().optional(),
  data: z
    .strictObject({
      input: z.array(z.strictObject({ hdfs: z.string(), path: z.string() })),
      output: z.array(z.strictObject({ hdfs: z.string(), path: z.string(), overwrite: z.boolean().optional() })),
    })
    .optional(),
  docker: z.strictObject({
    image: z.string().regex(IMAGE_PATTERN, `must be NAME:TAG, matching ${IMAGE_PATTERN.source}`),
    command: z.string().min(1),
    args: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
    exposeTcpPorts: z.array(z.int().min(1).max(65_535)).optional(),
    // Taken out of the API on 2024-08-08 after a security advisory (Data Forest release notes), still shown by the page
    // of create: sent when the spec has it, never added.
    workdir: z.string().optional(),
  }),
  resource: z
    .strictObject({
      cpuCount: positive.optional(),
      gpuCount: positive.max(GPU_COUNT_MAX).optional(),
      gpuModel: z.string().optional(),
      memoryMb: positive.optional(),
    })
    .optional(),
});

const spec = z.strictObject({
  accountId: z
    .string()
    .regex(ACCOUNT_ID_PATTERN, 'must be the account id: at most 22 letters and digits (Accounts getList shows it)')
    .optional(),
  name: z
    .string()
    .regex(
      NAME_PATTERN,
      'must be at most 15 of a-z, 0-9 and single hyphens, begin with a letter, not end with a hyphen',
    ),
  description: z.string().max(DESCRIPTION_MAX, `must be at most ${DESCRIPTION_MAX} characters`).optional(),
  configuration,
});

export type AiWorkspaceSpec = z.infer<typeof spec>;
/** As a plan writes it. */
export type AiWorkspaceSpecInput = z.input<typeof spec>;

const listAnswer = z.object({
  total: z.number().optional(),
  contents: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string(),
      description: z.string().nullish(),
      // Beside the point of a look-up, and typed differently from page to page: no reason to refuse the list.
      accountName: z.string().nullish().catch(undefined),
      imageVersion: z.string().nullish().catch(undefined),
      createdAt: z.union([z.string(), z.number()]).nullish().catch(undefined),
    }),
  ),
});

type ListItem = z.infer<typeof listAnswer>['contents'][number];

const detailAnswer = z.looseObject({ id: z.string().min(1), contents: z.unknown() });

const idAnswer = z.object({ id: z.string().min(1) });

export const naverDataForestAiWorkspace = defineKind<AiWorkspaceSpec>({
  name: 'naver.data-forest.ai-workspace',
  provider: 'naver',
  title: 'Data Forest AI workspace',
  spec,
  outputs: {
    name: 'its name',
    accountId: 'the Data Forest account it belongs to',
    accountName: 'name of that account, empty where the list does not show it',
    imageVersion: 'version of the docker image, empty where the list does not show it',
  },
  scopeFields: { accountId: 'accountId' },
  secretFields: ['configuration.docker.env'],
  sensitiveFields: ['configuration.docker.env'],
  description: {
    maxLength: DESCRIPTION_MAX,
    path: 'description',
    read: (of) => of.description,
    write: (of, description) => ({ ...of, description }),
  },
  nameOf: (of) => (typeof of.name === 'string' ? of.name : undefined),
  // No page says what a second workspace of the same name meets.
  duplicates: 'possible',
  lateCommitWindowMs: LATE_COMMIT_WINDOW_MS,
  // The console's address of Data Forest is not documented: its front page leads to it.
  consoleUrl: () => 'https://console.ncloud.com/',
  calls: { create: ['POST /api/v2/aiworkspaces/create'], delete: ['POST /api/v2/aiworkspaces/delete'] },

  async create(cloud, of) {
    const answer = await cloud.call(post('create', 'creates', { ...of, accountId: accountOf(cloud, of.accountId) }));
    const made = idAnswer.safeParse(answer.body);
    return { ...(made.success && { id: made.data.id }), ...requestIdOf(answer) };
  },

  async find(cloud, { spec: of, id }) {
    const all = await listAccount(cloud, accountOf(cloud, of.accountId));
    return all.filter((seen) => seen.name === of.name || seen.id === id);
  },

  async delete(cloud, { id }) {
    return requestIdOf(await cloud.call(post('delete', 'changes', { id })));
  },

  async *list(cloud) {
    yield* await listAccount(cloud, accountOf(cloud, undefined));
  },

  // The list shows no configuration. Path of getDetail: as those above. The account cannot differ: the list is its own.
  async observe(cloud, { id }) {
    const request = post('getDetail', 'none', { id });
    const answer = await cloud.call(request);
    const detail = readAnswer(detailAnswer, answer, { provider: 'naver', operation: request.operation });
    const configuration = latestConfiguration(detail.contents);
    return { ...shownFields(detail, ['name', 'description']), ...(configuration && { configuration }) };
  },
});

function post(action: string, effect: CloudRequest['effect'], json: unknown): CloudRequest {
  return {
    operation: `aiworkspaces/${action}`,
    service: 'data-forest',
    method: 'POST',
    path: `/api/v2/aiworkspaces/${action}`,
    json,
    effect,
  };
}

function accountOf(cloud: Cloud, own: string | undefined): string {
  const accountId = own ?? cloud.scope.accountId;
  if (accountId !== undefined) return accountId;
  throw new ProviderError('accountId is missing: give it in the spec, or as scope.accountId of the connection', {
    type: 'Misconfigured',
    retryable: false,
    sent: 'never',
    provider: 'naver',
    operation: 'aiworkspaces/getList',
  });
}

function listAccount(cloud: Cloud, accountId: string): Promise<readonly Sighting[]> {
  return cloud.shared(`aiworkspaces ${accountId}`, async () => {
    const request = post('getList', 'none', { search: { accountId } });
    const of = { provider: 'naver', operation: request.operation };
    const answer = await cloud.call(request);
    const { total, contents } = readAnswer(listAnswer, answer, of);
    if (total !== undefined && total > contents.length) {
      throw incompleteAnswer('aiworkspaces/getList: fewer workspaces than its total says', answer, of);
    }
    return contents.map((item) => toSighting(item, accountId));
  });
}

function toSighting(item: ListItem, accountId: string): Sighting {
  const createdAt = typeof item.createdAt === 'string' ? Date.parse(item.createdAt) : item.createdAt;
  return {
    id: item.id,
    name: item.name,
    description: item.description ?? undefined,
    status: 'ready',
    outputs: {
      name: item.name,
      accountId,
      accountName: item.accountName ?? '',
      imageVersion: item.imageVersion ?? '',
    },
    ...(Number.isFinite(createdAt) && { createdAt: createdAt as number }),
  };
}

function requestIdOf({ requestId }: CloudAnswer): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
