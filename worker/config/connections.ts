/**
 * From configured connections to what activities use, checked against the providers: every problem of every connection
 * is found before any is reported, secrets included. Files and programs go through the same door.
 */

import type { Provider } from '../../activities/cloud.js';
import type { Connection } from '../../activities/connection.js';
import { checkShape, pathText } from '../../contract/check-shape.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import type { Problem } from '../../contract/failures.js';
import { readSecret, type SecretContext, SecretUnavailable } from '../../contract/secrets.js';
import { credentialProblems, type Sources, secretProblems } from './credentials.js';
import { endpointProblems } from './endpoints.js';
import {
  type CheckedConnection,
  CONNECTION_NAME,
  type ConnectionConfig,
  type ConnectionParts,
  connectionSchema,
  soundParts,
} from './schema.js';

/** The request deadline: a request of ours may take effect as long as it is under way, so no window is shorter. */
const MIN_LATE_COMMIT_WINDOW_MS = 20_000;

/** The simulator protects no account: a cloud's documented limit would only slow it down, and it can enforce one itself. */
const SIMULATOR_REQUESTS_PER_MINUTE = 6_000;

type Path = readonly string[];
type Written = Readonly<Record<string, unknown>>;

/** Connections by name, as under `connections:` in the file. */
export type ConnectionConfigs = Readonly<Record<string, ConnectionConfig>>;

/** Either the connections, or what is wrong with them. */
export interface CheckedConnections {
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
}

function providerProblems(written: Written, provider: Provider, context: SecretContext, base: Path): Problem[] {
  const parts = soundParts(written);
  const known = provider.scopeKeys.join(', ') || 'none';
  const strangers = Object.keys(parts.scope ?? {}).filter((key) => !provider.scopeKeys.includes(key));
  // Where one of these is faulty, what is said of the others would be guessed.
  const placed = (['endpoint', 'region', 'simulator', 'allowPrivateNetwork'] as const).every(
    (key) => written[key] === undefined || parts[key] !== undefined,
  );
  return [
    ...strangers.map((key) => ({
      path: pathText(...base, 'scope', key),
      message: `unknown field; known here: ${known}`,
    })),
    ...(placed ? endpointProblems(parts, provider, base) : []),
    ...(parts.credentials ? credentialProblems(parts.credentials, provider, context, base) : []),
  ];
}

function windowProblems({ lateCommitWindow, simulator }: ConnectionParts, base: Path): Problem[] {
  // Tests shorten the window of a simulator, which says itself how late it may commit.
  if (lateCommitWindow === undefined || simulator || lateCommitWindow >= MIN_LATE_COMMIT_WINDOW_MS) return [];
  const message = `must be at least ${MIN_LATE_COMMIT_WINDOW_MS / 1000}s, the deadline of a request`;
  return [{ path: pathText(...base, 'lateCommitWindow'), message }];
}

function readAll(sources: Sources, context: SecretContext): Record<string, string> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, readSecret(source, context)]));
}

/** A connection for activities. It holds references, not secrets, so it can be logged without harm. */
function toConnection(name: string, checked: CheckedConnection, context: SecretContext): Connection {
  const { provider, region, endpoint, scope = {}, credentials, secrets = {}, limits, lateCommitWindow } = checked;
  const known = Object.keys(secrets).join(', ') || 'none';
  const requestsPerMinute =
    limits?.requestsPerMinute ?? (checked.simulator ? SIMULATOR_REQUESTS_PER_MINUTE : undefined);
  return {
    name,
    provider,
    scope,
    simulator: checked.simulator ?? false,
    ...(checked.allowPrivateNetwork !== undefined && { allowPrivateNetwork: checked.allowPrivateNetwork }),
    limits: {
      workers: limits?.workers ?? 1,
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      ...(limits?.concurrency !== undefined && { concurrency: limits.concurrency }),
    },
    secretNames: Object.keys(secrets),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(lateCommitWindow !== undefined && { lateCommitWindowMs: lateCommitWindow }),
    readCredentials: () => readAll(credentials, context),
    readSecret: (secret) => {
      const source = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
      if (!source) throw new SecretUnavailable(`connection ${name} has no such secret; it has ${known}`);
      return readSecret(source, context);
    },
  };
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly connection?: Connection;
}

function checkOne(name: string, raw: unknown, providers: readonly Provider[], context: SecretContext): Checked {
  const base = ['connections', name];
  const written = (typeof raw === 'object' && raw !== null ? raw : {}) as Written;
  const shape = checkShape(connectionSchema, raw, base);
  const problems: Problem[] = 'problems' in shape ? [...shape.problems] : [];
  if (!CONNECTION_NAME.test(name)) {
    problems.push({ path: pathText(...base), message: 'must be a name of at most 63 letters, digits, dots, dashes' });
  }
  const provider = providers.find((candidate) => candidate.name === written.provider);
  if (!provider && typeof written.provider === 'string' && written.provider !== '') {
    const names = providers.map((known) => known.name).join(', ');
    problems.push({ path: pathText(...base, 'provider'), message: `unknown provider; known here: ${names}` });
  }
  problems.push(...secretProblems(written.credentials, context, [...base, 'credentials']));
  problems.push(...secretProblems(written.secrets, context, [...base, 'secrets']));
  if (provider) problems.push(...providerProblems(written, provider, context, base));
  problems.push(...windowProblems(soundParts(written), base));
  return { problems, ...('value' in shape && { connection: toConnection(name, shape.value, context) }) };
}

/** Checks all connections against the providers without throwing. */
export function checkConnections(
  configs: Readonly<Record<string, unknown>>,
  providers: readonly Provider[],
  context: SecretContext,
): CheckedConnections {
  const checked = Object.entries(configs).map(([name, raw]) => checkOne(name, raw, providers, context));
  const problems = checked.flatMap((one) => one.problems);
  if (checked.length === 0) problems.push({ path: 'connections', message: 'must name at least one connection' });
  return { problems, connections: checked.flatMap(({ connection }) => connection ?? []) };
}

/**
 * The connections a program configured, in the shape of the file's `connections`:
 *
 *     toConnections({ prod: { provider: 'naver', scope: { accountId: '…' }, credentials: { … } } }, providers)
 *
 * Throws {@link ConfigProblems} with every problem. Relative secret files are looked for in `context.folder`.
 */
export function toConnections(
  configs: ConnectionConfigs,
  providers: readonly Provider[],
  context: SecretContext = { env: process.env, folder: process.cwd() },
): readonly Connection[] {
  const { connections, problems } = checkConnections(configs, providers, context);
  if (problems.length > 0) throw new ConfigProblems(problems);
  return connections;
}
