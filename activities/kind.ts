/**
 * A kind of resource: a schema and four calls. Everything else (look first, fence, adopt, undo, verify) is done once
 * for all kinds, in ensure-created.ts and ensure-deleted.ts.
 */
import type { z } from 'zod';
import type { JsonObject, StepOutputs } from '../contract/plan.js';
import type { Cloud } from './cloud.js';

/** A resource as a cloud shows it now. */
export interface Sighting {
  readonly id: string;
  readonly name: string;
  /** Where the marker is looked for. */
  readonly description: string | undefined;
  /** `ready` where the cloud documents no such thing. */
  readonly status: 'ready' | 'pending' | 'failed' | 'deleting';
  /** What other steps may refer to. `id` is added by the caller. */
  readonly outputs: Readonly<Record<string, StepOutputs[string]>>;
  /** Creation time in ms since 1970, where the cloud tells it: the oldest of several is kept. */
  readonly createdAt?: number;
  /**
   * What the answer shows of the spec, under the spec's own names and in its shape, for those who look for drift. Fields
   * that the cloud does not return are left out; `null` stands for one that it returns without a value.
   */
  readonly fields?: JsonObject;
}

/** What a create answered. A cloud that gives no id leaves it out: then the name and the marker find it. */
export interface Created {
  readonly id?: string;
  readonly requestId?: string;
  /** Where the answer shows the whole resource, marker included, no further look is needed. */
  readonly sighting?: Sighting;
}

/** What an address in a console may depend on. */
export interface ConsolePlace {
  readonly region: string | undefined;
  /** Completed from the connection's scope. References may still stand in it. */
  readonly spec: JsonObject;
}

/**
 * What a kind of resource is to the core: a schema, facts about its cloud, and the calls. Declare one with {@link defineKind};
 * `kindContract` of `temporal-provisioner/testing` holds it to what the core relies on.
 */
export interface Kind<Spec extends object = object> {
  /** `<provider>.<service>.<resource>`. */
  readonly name: string;
  readonly provider: string;
  /** For people: 'DataArts Studio workspace'. */
  readonly title: string;
  /** Every documented field, limit and pattern; unknown fields are refused. Fields of {@link scopeFields} are optional. */
  readonly spec: z.ZodType<Spec>;
  /** Output names other than `id`, each with what it is. References are checked against them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Spec fields that the connection's scope fills when the spec leaves them out: spec field → scope key. */
  readonly scopeFields: Readonly<Record<string, string>>;
  /** Dotted paths of the spec below which `{ "$secret": … }` is allowed. */
  readonly secretFields: readonly string[];
  /** Where the marker goes, and how long it may be together with the user's own text. `length` counts UTF-16 units. */
  readonly description: {
    readonly maxLength: number;
    readonly path: string;
    read(spec: Spec): string | undefined;
    write(spec: Spec, description: string): Spec;
  };
  /** The name that the cloud will show; undefined where the spec still holds a reference for it. */
  nameOf(spec: Spec): string | undefined;
  /** `refused` only where the cloud documents that it refuses a second resource of the same name. */
  readonly duplicates: 'refused' | 'possible';
  /** How long after it was sent a create may still take effect, in ms. Never less than the request deadline of 20 s. */
  readonly lateCommitWindowMs: number;
  /** What cannot be undone, for the dry run: one sentence. */
  readonly irreversible?: string;
  /** Literal values in these dotted paths deserve a warning in the dry run (they end up in history). */
  readonly sensitiveFields: readonly string[];
  /**
   * The documented address of its page in the cloud's console, in which `{id}` may stand for the resource's id; undefined
   * where none is known. On the simulator its own page is shown instead.
   */
  consoleUrl?(place: ConsolePlace): string | undefined;
  /** The documented calls, for the dry run: `POST /v1/workspaces`. */
  readonly calls: { readonly create: readonly string[]; readonly delete: readonly string[] };

  /** One mutating request, `effect: 'creates'`; the spec is complete, its description holds the marker. */
  create(cloud: Cloud, spec: Spec): Promise<Created>;
  /** All resources with exactly this name, and the one with this id, over all pages. Empty is an answer, not an error. */
  find(cloud: Cloud, wanted: { readonly spec: Spec; readonly id?: string }): Promise<readonly Sighting[]>;
  /** Deletes one. An answer that means "no such resource" throws a ProviderError of type NotFound. */
  delete(cloud: Cloud, sighting: Sighting, spec: Spec): Promise<{ readonly requestId?: string }>;
  /** Every resource of this kind in the connection's scope, for the sweep. */
  list(cloud: Cloud): AsyncIterable<Sighting>;
  /**
   * The least of a spec with which find and delete meet a listed resource again, for the sweep, which has no plan.
   * Default: its outputs and its name as `name`, right wherever outputs are called like the spec's fields.
   */
  specOf?(sighting: Sighting): JsonObject;
  /** Kinds whose resources lie in one of this, for what was found without its plan: they are deleted before it. */
  readonly contains?: readonly string[];
  /**
   * What the cloud shows of the spec now, as {@link Sighting.fields} says, where find does not show it all: may read
   * once more. Default: the sighting's `fields`, or else its name and description.
   */
  observe?(cloud: Cloud, sighting: Sighting, spec: Spec): Promise<JsonObject>;
}

/** Declares a kind; the type parameter ties schema and calls together. */
export function defineKind<Spec extends object>(kind: Kind<Spec>): Kind<Spec> {
  return kind;
}
