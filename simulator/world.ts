/**
 * Everything the clouds hold, in memory: one collection for all kinds. Deleted resources stay as tombstones, because
 * stale lists show them a while longer and a DataWorks project's name stays blocked after its delete.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SimulatorCredentials } from './credentials.js';
import type { SimulatorSettings } from './settings.js';

export interface StudioWorkspace {
  readonly kind: 'huawei.dataarts-studio.workspace';
  epsId: string;
  jobLogLocation: string | undefined;
  badRecordLocation: string | undefined;
  isDefault: 0 | 1 | 2;
  status: number;
}

export interface FabricWorkspace {
  readonly kind: 'huawei.dataarts-fabric.workspace';
  metastoreId: string | undefined;
  enterpriseProjectId: string;
  tags: readonly { readonly key: string; readonly value: string }[];
}

export interface AiWorkspace {
  readonly kind: 'naver.data-forest.ai-workspace';
  accountId: string;
  configurations: readonly { readonly configuration: unknown; readonly at: number }[];
}

export interface DataWorksWorkflow {
  readonly kind: 'alibaba.dataworks.workflow';
  projectId: string;
  type: string;
  path: string;
  /** As it was sent. */
  spec: string;
  published: boolean;
}

export interface DataWorksProject {
  readonly kind: 'alibaba.dataworks.project';
  displayName: string;
  resourceGroupId?: string;
  tags?: readonly { readonly Key: string; readonly Value: string }[];
  flags: Readonly<Record<string, boolean>>;
  /** What it becomes: the status of the moment also depends on the clock. */
  status: 'Available' | 'InitFailed' | 'Forbidden';
  readyAt: number;
}

export type ResourceBody = StudioWorkspace | FabricWorkspace | AiWorkspace | DataWorksWorkflow | DataWorksProject;
export type KindName = ResourceBody['kind'];
type BodyOf<Kind extends KindName> = Extract<ResourceBody, { kind: Kind }>;

export interface Resource<Body extends ResourceBody = ResourceBody> {
  readonly id: string;
  name: string;
  description: string;
  /** What it holds: endpoints of a Fabric workspace, data connections of a Studio one, AI apps of an AI workspace. */
  contents: readonly string[];
  readonly createdAt: number;
  modifiedAt: number;
  deletedAt?: number;
  /** There from the start; not counted as a live resource. */
  readonly builtIn: boolean;
  readonly body: Body;
}

/** A new resource, before the world gives it an id and a time. */
export interface NewResource<Body extends ResourceBody = ResourceBody> {
  readonly name: string;
  readonly description?: string | undefined;
  readonly contents?: readonly string[];
  readonly body: Body;
}

const MOST_TOMBSTONES = 5000;

export class World {
  private readonly resources = new Map<string, Resource>();
  /** The same by kind: an account of thousands is listed page by page, and every page reads one kind. */
  private readonly byKind = new Map<KindName, Map<string, Resource>>();
  /** Oldest first. */
  private readonly tombstones: Resource[] = [];
  /** Beyond 2^53, and consecutive, so that a client that passes them through a double mistakes one for another. */
  private nextWorkflowId = 4634978808809540001n + BigInt(randomBytes(4).readUInt32BE(0)) * 100_000n;
  private nextProjectId = 20_001n;

  constructor(
    readonly credentials: SimulatorCredentials,
    public settings: SimulatorSettings,
  ) {
    this.add(
      {
        name: 'default',
        body: {
          kind: 'huawei.dataarts-studio.workspace',
          epsId: '0',
          jobLogLocation: undefined,
          badRecordLocation: undefined,
          isDefault: 1,
          status: 0,
        },
      },
      { builtIn: true },
    );
    this.add(
      {
        name: 'simulated_project',
        body: {
          kind: 'alibaba.dataworks.project',
          displayName: 'Simulated project',
          flags: {},
          status: 'Available',
          readyAt: this.now(),
        },
      },
      { builtIn: true, id: credentials.alibaba.projectId },
    );
  }

  now(): number {
    return Date.now() + this.settings.clockOffsetMs;
  }

  add<Body extends ResourceBody>(
    given: NewResource<Body>,
    fixed: { readonly builtIn?: boolean; readonly id?: string } = {},
  ): Resource<Body> {
    const now = this.now();
    const resource: Resource<Body> = {
      id: fixed.id ?? this.newId(given.body.kind),
      name: given.name,
      description: given.description ?? '',
      contents: given.contents ?? [],
      createdAt: now,
      modifiedAt: now,
      builtIn: fixed.builtIn ?? false,
      body: given.body,
    };
    this.resources.set(resource.id, resource);
    this.ofKind(given.body.kind).set(resource.id, resource);
    return resource;
  }

  /** What exists, or existed at that time; oldest first. */
  list<Kind extends KindName>(kind: Kind, asOf = this.now()): readonly Resource<BodyOf<Kind>>[] {
    return this.ever(kind).filter((resource) => existed(resource, asOf));
  }

  get<Kind extends KindName>(kind: Kind, id: string, asOf = this.now()): Resource<BodyOf<Kind>> | undefined {
    const resource = this.ofKind(kind).get(id) as Resource<BodyOf<Kind>> | undefined;
    return resource && existed(resource, asOf) ? resource : undefined;
  }

  byName<Kind extends KindName>(kind: Kind, name: string): Resource<BodyOf<Kind>> | undefined {
    return this.list(kind).find((resource) => resource.name === name);
  }

  /** Also deleted ones. */
  ever<Kind extends KindName>(kind: Kind): readonly Resource<BodyOf<Kind>>[] {
    return [...this.ofKind(kind).values()] as Resource<BodyOf<Kind>>[];
  }

  /** Live ones of every kind, without what was there from the start. */
  live(): readonly Resource[] {
    return [...this.resources.values()].filter((resource) => resource.deletedAt === undefined && !resource.builtIn);
  }

  any(id: string): Resource | undefined {
    const resource = this.resources.get(id);
    return resource?.deletedAt === undefined ? resource : undefined;
  }

  remove(resource: Resource): void {
    resource.deletedAt = this.now();
    this.tombstones.push(resource);
    if (this.tombstones.length <= MOST_TOMBSTONES) return;
    const oldest = this.tombstones.shift() as Resource;
    this.resources.delete(oldest.id);
    this.ofKind(oldest.body.kind).delete(oldest.id);
  }

  private ofKind(kind: KindName): Map<string, Resource> {
    const known = this.byKind.get(kind) ?? new Map<string, Resource>();
    this.byKind.set(kind, known);
    return known;
  }

  private newId(kind: KindName): string {
    switch (kind) {
      case 'huawei.dataarts-studio.workspace':
        return randomBytes(16).toString('hex');
      case 'huawei.dataarts-fabric.workspace':
        return randomUUID();
      case 'naver.data-forest.ai-workspace':
        return randomBase62();
      case 'alibaba.dataworks.workflow':
        return String(this.nextWorkflowId++);
      case 'alibaba.dataworks.project':
        return String(this.nextProjectId++);
    }
  }
}

function existed({ createdAt, deletedAt = Infinity }: Resource, asOf: number): boolean {
  return createdAt <= asOf && deletedAt > asOf;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** NAVER's ids are UUIDs in base62: 21 or 22 digits. */
function randomBase62(): string {
  let rest = BigInt(`0x${randomBytes(16).toString('hex')}`);
  let text = '';
  while (rest > 0n) {
    text = `${BASE62[Number(rest % 62n)]}${text}`;
    rest /= 62n;
  }
  return text.padStart(21, '0');
}
