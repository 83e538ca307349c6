/** The contract suite of kinds: what any kind must hold, as cases for whatever test runner its author has. */
import assert from 'node:assert/strict';
import type { Provider } from '../activities/cloud.js';
import type { Kind } from '../activities/kind.js';
import { BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import type { JsonObject } from '../contract/plan.js';
import { toConnections } from '../worker/config/connections.js';
import type { ConnectionConfig } from '../worker/config/schema.js';
import { checkAnswer, type DocumentedError } from './contract-answers.js';
import { latePromises, type Promised, promises } from './contract-cases.js';
import { Stage, type StageOptions } from './contract-stage.js';

/** Where a kind is held to its contract, and with what. */
export interface KindContractOptions {
  /** The kind's cloud. Not needed for one of the built-in clouds. */
  readonly provider?: Provider;
  /** An account to play in, as the plugin takes it: of an imitation of the cloud, or a real one that may be played in. */
  readonly connection: ConnectionConfig;
  /**
   * A sound spec under this name: twelve lower-case letters and digits, a letter first. Ids that the connection's scope
   * fills are left out.
   */
  readonly spec: (name: string) => JsonObject;
  /** How many resources a page of the cloud's list holds; one more is made. Default 1: two are made. */
  readonly pageSize?: number;
  /** How long a create may take until it is ready, and a delete until it is gone. Default 20,000. */
  readonly patienceMs?: number;
  /**
   * Makes the next create of this name lose its answer at once and take effect `ms` later, inside the connection's
   * late-commit window. Without it the late-commit cases are skipped.
   */
  readonly late?: (name: string, ms: number) => void | Promise<void>;
  /** What the cloud documents to say when it says no, each row with what that means. One case for each. */
  readonly errors?: readonly DocumentedError[];
}

/** One promise of a kind, as a test. */
export interface ContractCase {
  readonly title: string;
  /** True where the options lack what the case needs; its title says which. Run all the same, it fails. */
  readonly skip: boolean;
  /** Throws an AssertionError that says what the kind would have to do. */
  run(): Promise<void>;
}

/**
 * The contract of a kind as test cases: create, find, list and delete; a create that is run twice; a delete of what is
 * missing; the marker's way through the cloud; unknown fields; documented errors; and late commits. The kind runs over
 * the HTTP line and through the create and undo that a worker runs. Each case makes resources of its own and deletes
 * them, and needs neither a worker nor a Temporal server.
 *
 * @example
 * ```typescript
 * import { test } from 'node:test';
 *
 * const cases = kindContract(locker, {
 *   provider: acme,
 *   connection: { provider: 'acme', endpoint, simulator: true, credentials: { key: () => 'test' } },
 *   spec: (name) => ({ name }),
 * });
 * for (const { title, skip, run } of cases) test(title, { skip }, run);
 * ```
 *
 * @throws ConfigProblems where the connection is not sound.
 */
export function kindContract(kind: Kind, options: KindContractOptions): readonly ContractCase[] {
  const { pageSize = 1, patienceMs = 20_000, late, errors = [] } = options;
  const provider = options.provider ?? BUILT_IN_PROVIDERS.find(({ name }) => name === kind.provider);
  assert.ok(provider, 'provider: must be given for a kind of a cloud of your own');
  const [connection] = toConnections({ contract: options.connection }, [provider]);
  assert.ok(connection);
  const stageOptions = { kind, provider, connection, spec: options.spec, patienceMs };
  const play = (promised: Promised) => ({
    title: promised.title,
    skip: false,
    run: () => onStage(stageOptions, promised),
  });
  return [
    ...promises(provider.scopeKeys, pageSize).map(play),
    ...(late ? latePromises(late).map(play) : latePromises(() => undefined).map(skipped)),
    ...errors.map((error) => ({
      title: titleOf(error),
      skip: false,
      run: () => checkAnswer(stageOptions, error),
    })),
  ];
}

function skipped({ title }: Promised): ContractCase {
  const needs = 'needs the option `late`';
  return { title: `${title} (${needs})`, skip: true, run: async () => assert.fail(`not run: it ${needs}`) };
}

function titleOf({ operation, status, type, reason }: DocumentedError): string {
  return `${operation} answered with ${status} means ${type}${reason === undefined ? '' : `: ${reason}`}`;
}

/** The case's own failure tells more than that of the clean-up after it. */
async function onStage(options: StageOptions, { check }: Promised): Promise<void> {
  const stage = new Stage(options);
  try {
    await check(stage);
  } catch (error) {
    await stage.close().catch(() => undefined);
    throw error;
  }
  await stage.close();
}
