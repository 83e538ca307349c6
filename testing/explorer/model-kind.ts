/** A kind over the model cloud, as small as a kind can be: ensureCreated and ensureDeleted run with it as with any other. */
import { z } from 'zod';
import type { Cloud, CloudAnswer, CloudRequest } from '../../activities/cloud.js';
import type { Connection } from '../../activities/connection.js';
import type { Kind, Sighting } from '../../activities/kind.js';
import type { CloudModel, Thing } from './model-cloud.js';

export const PROVIDER = 'model';

/** The one account that everything modelled is in. */
export const MODEL_CONNECTION: Connection = {
  name: PROVIDER,
  provider: PROVIDER,
  scope: {},
  simulator: true,
  limits: { workers: 1 },
  secretNames: [],
  readCredentials: () => ({}),
  readSecret: () => '',
};

const spec = z.strictObject({ name: z.string(), description: z.string().optional(), needs: z.string().optional() });
type Spec = z.infer<typeof spec>;

/** The only requests that it makes, told apart by their operation. */
export type ModelOperation = 'Create' | 'Delete' | 'List';

function request(operation: ModelOperation, effect: CloudRequest['effect'], json: object): CloudRequest {
  return { operation, service: 'model', method: 'POST', path: '/', json, effect };
}

function sightingOf({ id, name, description, status, createdAt }: Thing): Sighting {
  return { id, name, description, status, createdAt, outputs: {} };
}

export function modelKind(name: string, { duplicates, windowMs }: CloudModel): Kind<Spec> {
  const list = (cloud: Cloud): Promise<readonly Thing[]> =>
    cloud.shared('list', async () => (await cloud.call(request('List', 'none', {}))).body as readonly Thing[]);
  return {
    name,
    provider: PROVIDER,
    title: 'thing',
    spec,
    outputs: {},
    scopeFields: {},
    secretFields: [],
    sensitiveFields: [],
    description: {
      maxLength: 1000,
      path: 'description',
      read: ({ description }) => description,
      write: (given, description) => ({ ...given, description }),
    },
    nameOf: (given) => given.name,
    duplicates,
    lateCommitWindowMs: windowMs,
    calls: { create: [], delete: [] },
    async create(cloud, { name: wanted, description }) {
      const answer = await cloud.call(request('Create', 'creates', { name: wanted, description }));
      const { id } = answer.body as { readonly id?: string };
      return id === undefined ? {} : { id };
    },
    async find(cloud, { spec: { name: wanted }, id }) {
      return (await list(cloud)).filter((thing) => thing.name === wanted || thing.id === id).map(sightingOf);
    },
    async delete(cloud, { id }) {
      await cloud.call(request('Delete', 'changes', { id }));
      return {};
    },
    async *list(cloud) {
      yield* (await list(cloud)).map(sightingOf);
    },
  };
}

export function answerOf(body: unknown): CloudAnswer {
  return { status: 200, headers: {}, body, text: '' };
}
