/**
 * Where one case of the contract suite plays: a line of its own to the cloud, the real ensure-created and ensure-deleted
 * on it, and a clean-up that touches only what carries this stage's marker or was answered to its own creates.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Cloud, CloudRequest, Provider } from '../activities/cloud.js';
import { completeSpec } from '../activities/complete-spec.js';
import type { Caller, Connection } from '../activities/connection.js';
import type { CreateProgress, DeleteProgress } from '../activities/decisions.js';
import { ensureCreated } from '../activities/ensure-created.js';
import { ensureDeleted } from '../activities/ensure-deleted.js';
import { ensureRead } from '../activities/ensure-read.js';
import { type Line, openLine } from '../activities/http/line.js';
import type { Kind, Sighting } from '../activities/kind.js';
import { SEND_WINDOW_MS } from '../activities/policies.js';
import { prepareSpec } from '../activities/prepare-spec.js';
import { ProviderError } from '../activities/provider-error.js';
import type { Drift } from '../contract/drift.js';
import type { FailureDetails } from '../contract/failures.js';
import { parseMarker } from '../contract/marker.js';
import type { JsonObject } from '../contract/plan.js';
import type { CreateResult, Owner, ResolvedStep } from '../contract/steps.js';
import { localAttempt } from './local-attempt.js';

export interface StageOptions {
  readonly kind: Kind;
  readonly provider: Provider;
  readonly connection: Connection;
  readonly spec: (name: string) => JsonObject;
  readonly patienceMs: number;
}

/** What a plan would say of the step. */
export interface Wanted {
  readonly spec: JsonObject;
  readonly owner: Owner;
  readonly retain?: boolean;
}

export interface ReadOptions {
  readonly adopted?: boolean;
  readonly requests?: CloudRequest[];
  readonly holdsSecret?: (text: string) => boolean;
}

export const CALLER: Caller = { userAgent: 'temporal-provisioner/kind-contract', urgent: false };

/** A late commit may land any moment, so a retry need not wait as long as the server would let it. */
const RETRY_WITHIN_MS = 500;

export class Stage {
  readonly kind: Kind;
  readonly connection: Connection;
  readonly windowMs: number;
  readonly patienceMs: number;
  /** Where absence is believed only once the window has passed. */
  readonly latePatienceMs: number;
  readonly #options: StageOptions;
  readonly #line: Line;
  readonly #run = randomUUID();
  readonly #wanted: Wanted[] = [];
  readonly #ids = new Set<string>();
  #owners = 0;
  #names = 0;

  constructor(options: StageOptions) {
    const { kind, connection, provider } = options;
    this.#options = options;
    this.kind = kind;
    this.connection = connection;
    this.windowMs = connection.lateCommitWindowMs ?? kind.lateCommitWindowMs;
    this.patienceMs = options.patienceMs;
    this.latePatienceMs = options.patienceMs + SEND_WINDOW_MS + this.windowMs;
    this.#line = openLine(connection, provider);
  }

  get cloud(): Cloud {
    return this.#line.cloud(CALLER);
  }

  /** The cloud, with every request that goes through it noted in `requests`. */
  noting(requests: CloudRequest[], more: Partial<Caller> = {}): Cloud {
    const cloud = this.#line.cloud({ ...CALLER, ...more });
    const call = (request: CloudRequest) => {
      requests.push(request);
      return cloud.call(request);
    };
    return { ...cloud, call };
  }

  /** Twelve characters, lower-case letters and digits, a letter first: what every cloud is likely to allow. */
  name(): string {
    this.#names += 1;
    return `k${this.#run.replaceAll('-', '').slice(0, 8)}${String(this.#names).padStart(3, '0')}`;
  }

  owner(): Owner {
    this.#owners += 1;
    const workflowId = `kind-contract-${this.#owners}`;
    return { namespace: 'default', workflowId, step: 'resource', runId: this.#run };
  }

  /** A sound spec under a name that nobody else has, and an owner of its own. */
  wanted(name = this.name()): Wanted {
    return { spec: this.#options.spec(name), owner: this.owner() };
  }

  /** The spec as look-ups get it: with what the connection's scope knows. */
  whole(spec: JsonObject): object {
    return completeSpec(this.kind, this.connection.scope, spec);
  }

  /** The spec as a create gets it: checked, with the marker in its description. */
  prepared({ spec, owner, retain = false }: Wanted): object {
    return prepareSpec({ kind: this.kind, connection: this.connection, spec, owner, retain });
  }

  find(spec: JsonObject, id?: string): Promise<readonly Sighting[]> {
    return this.kind.find(this.cloud, { spec: this.whole(spec), ...(id !== undefined && { id }) });
  }

  async list(): Promise<readonly Sighting[]> {
    const all: Sighting[] = [];
    for await (const sighting of this.kind.list(this.cloud)) all.push(sighting);
    return all;
  }

  /** One attempt of the create activity; throws what it would throw. */
  async attempt(
    wanted: Wanted,
    attempt = localAttempt<CreateProgress>(this),
    requests: CloudRequest[] = [],
  ): Promise<CreateResult> {
    this.#wanted.push(wanted);
    const { kind, connection, windowMs } = this;
    const { spec, owner, retain = false } = wanted;
    const openCloud = (more: Partial<Caller>) => this.noting(requests, more);
    const input = {
      step: this.#step(retain),
      spec,
      owner,
      originalRun: true,
      scheduledBy: owner.runId,
      fingerprint: '',
    };
    const askOwner = async () => 'unknown' as const;
    const common = { kind, connection, windowMs, redact: (text: string) => text };
    const result = await ensureCreated(input, { ...common, attempt, openCloud, askOwner });
    this.#ids.add(result.outputs.id);
    return result;
  }

  /** The create activity as a server would run it: again after each failure that says so, with what was left. */
  async retried(wanted: Wanted, left?: CreateProgress): Promise<CreateResult> {
    const patienceMs = left ? this.latePatienceMs : this.patienceMs;
    const until = performance.now() + patienceMs;
    let progress = left;
    for (let number = left ? 2 : 1; ; number += 1) {
      const attempt = localAttempt({ patienceMs, number, progress });
      try {
        return await this.attempt(wanted, attempt);
      } catch (error) {
        const again = error instanceof ApplicationFailure && !error.nonRetryable && performance.now() < until;
        if (!again) throw error;
        progress = attempt.left();
        await sleep(RETRY_WITHIN_MS);
      }
    }
  }

  /** For cases that are about what comes after: a sound spec that is not created is the contract's first breach. */
  async make(wanted = this.wanted()): Promise<Wanted & { readonly id: string; readonly result: CreateResult }> {
    try {
      const result = await this.retried(wanted);
      return { ...wanted, id: result.outputs.id, result };
    } catch (error) {
      return assert.fail(`create: the sound spec was not created (${words(error)})`);
    }
  }

  /** The undo of a create that ended long ago, so that what is absent counts as absent at once. */
  undo(wanted: Wanted, id?: string): Promise<number> {
    const createEndedAt = Date.now() - SEND_WINDOW_MS - this.windowMs;
    return this.#undo(wanted, { createEndedAt, ...(id !== undefined && { id }) }, this.patienceMs);
  }

  /** The undo of a create that ended just now. */
  undoAtOnce(wanted: Wanted, trace: { readonly id?: string; readonly resent: boolean }): Promise<number> {
    return this.#undo(wanted, { createEndedAt: Date.now(), ...trace }, this.latePatienceMs);
  }

  /** How the resource is now, beside what a plan would say of it. */
  async read({ spec, owner, retain = false }: Wanted, id: string, more: ReadOptions = {}): Promise<Drift> {
    const { kind, connection } = this;
    const { adopted = false, requests = [], holdsSecret = () => false } = more;
    const input = { step: this.#step(retain), spec, owner, id, adopted, fingerprint: '' };
    const task = { kind, connection, cloud: this.noting(requests), redact: (text: string) => text, holdsSecret };
    return ensureRead(input, task).catch((error: unknown) => {
      return assert.fail(`observe: a resource that is there must be read, and was not (${words(error)})`);
    });
  }

  /** How many it deleted. An undo that does not end is a breach in itself. */
  async #undo(
    { spec, owner, retain = false }: Wanted,
    trace: { readonly createEndedAt: number; readonly id?: string; readonly resent?: boolean },
    patienceMs: number,
  ): Promise<number> {
    const { kind, connection, windowMs } = this;
    const openCloud = (more: Pick<Caller, 'beforeChange'>) => this.#line.cloud({ ...CALLER, ...more });
    const input = { step: this.#step(retain), spec, owner, resent: false, fingerprint: '', ...trace };
    const attempt = localAttempt<DeleteProgress>({ patienceMs });
    try {
      const task = { kind, connection, windowMs, attempt, openCloud, redact: (text: string) => text };
      const { deleted } = await ensureDeleted(input, task);
      return deleted;
    } catch (error) {
      return assert.fail(`delete: the undo must end with the resource verified gone, and did not (${words(error)})`);
    }
  }

  /** Everything of this stage's that find and list show, once each. */
  async ours(): Promise<readonly Sighting[]> {
    const found = await Promise.all(this.#wanted.map(({ spec }) => this.find(spec)));
    return this.#onlyOurs([...(await this.list()), ...found.flat()]);
  }

  /** Deletes what is left of this stage's, and lets go of the line. */
  async close(): Promise<void> {
    try {
      const [first] = this.#wanted;
      if (!first) return;
      const listed = this.#onlyOurs(await this.list());
      const owners = new Set(listed.map(({ description }) => parseMarker(description)?.workflowId));
      const others = this.#wanted.filter(({ owner }) => !owners.has(owner.workflowId));
      const found = await Promise.all(others.map(({ spec }) => this.find(spec)));
      const spec = this.whole(first.spec);
      for (const sighting of this.#onlyOurs([...listed, ...found.flat()])) {
        await this.kind.delete(this.cloud, sighting, spec).catch(ignoreMissing);
      }
    } finally {
      await this.#line.close();
    }
  }

  #onlyOurs(seen: readonly Sighting[]): readonly Sighting[] {
    const ours = seen.filter(({ id, description }) => {
      return this.#ids.has(id) || parseMarker(description)?.runId === this.#run;
    });
    return [...new Map(ours.map((sighting) => [sighting.id, sighting])).values()];
  }

  #step(retain: boolean): ResolvedStep {
    const { name, provider } = this.kind;
    const common = { key: 'resource', kind: name, provider, connection: this.connection.name, taskQueue: '' };
    return { ...common, dependsOn: [], ifExists: 'fail', retain };
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ProviderError && error.facts.type === 'NotFound')) throw error;
}

/** What went wrong, in one line. */
export function words(error: unknown): string {
  if (error instanceof ApplicationFailure) return `${error.type}: ${error.message}`;
  if (error instanceof ProviderError) return `${error.facts.type}: ${error.message}`;
  return String(error);
}

/** What a failed create leaves for its undo. */
export function traceOf(error: unknown): FailureDetails {
  return error instanceof ApplicationFailure ? ((error.details?.[0] ?? {}) as FailureDetails) : {};
}
