/**
 * The line to the Temporal server that the environment names: `TEMPORAL_ADDRESS` and its kin, a Temporal profile, else
 * 127.0.0.1:7233. A server that cannot be used is told within seconds, in one line that says what to do.
 */
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { type LoadClientProfileOptions, loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection, NativeConnectionOptions } from '@temporalio/worker';

export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  readonly options: NativeConnectionOptions;
}

export interface TemporalOverrides {
  /** Replaces the environment's and the profile's. */
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly profile?: string | undefined;
}

export type TemporalServerReason = 'unreachable' | 'denied' | 'no-namespace' | 'bad-settings';

/** The server cannot be used. One line, with what to do; the SDK's own error is the cause. */
export class TemporalServerError extends Error {
  override readonly name = 'TemporalServerError';

  constructor(
    message: string,
    readonly reason: TemporalServerReason,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const CONNECT_DEADLINE_MS = 5_000;
/** gRPC status codes. */
const NOT_FOUND = 5;
const DENIED: readonly number[] = [7, 16];

/** Where to connect and how, by Temporal's own rules. Throws {@link TemporalServerError} where these contradict. */
export function loadTemporalOptions(
  env: Readonly<Record<string, string | undefined>> = process.env,
  { address, namespace, profile }: TemporalOverrides = {},
): TemporalTarget {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const options: LoadClientProfileOptions = { overrideEnvVars: Object.fromEntries(set) };
  if (profile) options.profile = profile;
  try {
    const loaded = loadClientConnectConfig(options);
    const chosen = address || loaded.connectionOptions.address || '127.0.0.1:7233';
    return {
      address: chosen,
      namespace: namespace || loaded.namespace || 'default',
      options: { ...loaded.connectionOptions, address: chosen },
    };
  } catch (cause) {
    // The reader's own message may quote the file, where an API key can stand.
    const message =
      'The Temporal profile cannot be read: check --profile, TEMPORAL_PROFILE, the TEMPORAL_TLS_* files and temporal.toml.';
    throw new TemporalServerError(message, 'bad-settings', { cause });
  }
}

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : undefined;
}

function unusable({ address, options }: TemporalTarget, cause: unknown): TemporalServerError {
  if (DENIED.includes(grpcCode(cause) ?? 0)) {
    const message = `The Temporal server at ${address} refused our credentials: check TEMPORAL_API_KEY or the TEMPORAL_TLS_* variables.`;
    return new TemporalServerError(message, 'denied', { cause });
  }
  if (options.tls) {
    // With TLS 1.3 a server refuses a certificate after the handshake: to a client that is a line that broke.
    const message = `No Temporal server answers at ${address} over TLS, or it refused our certificate: check TEMPORAL_ADDRESS and the TEMPORAL_TLS_* variables.`;
    return new TemporalServerError(message, 'unreachable', { cause });
  }
  const message = `No Temporal server answers at ${address}: start one with \`provisioner up\`, or set TEMPORAL_ADDRESS.`;
  return new TemporalServerError(message, 'unreachable', { cause });
}

async function checkNamespace(connection: Connection, target: TemporalTarget): Promise<void> {
  const { address, namespace } = target;
  try {
    const deadline = Date.now() + CONNECT_DEADLINE_MS;
    await connection.withDeadline(deadline, () => connection.workflowService.describeNamespace({ namespace }));
  } catch (cause) {
    const code = grpcCode(cause);
    // A key for one namespace may not describe it and still work in it.
    if (DENIED.includes(code ?? 0)) return;
    if (code !== NOT_FOUND) throw unusable(target, cause);
    const message = `Namespace ${namespace} does not exist at ${address}: create it, or set TEMPORAL_NAMESPACE.`;
    throw new TemporalServerError(message, 'no-namespace', { cause });
  }
}

/** A client's connection, to a server that answers, whatever its namespaces. Throws {@link TemporalServerError}. */
export async function connectToServer(target: TemporalTarget): Promise<Connection> {
  const { address, apiKey, tls, metadata } = target.options;
  let connection: Connection;
  try {
    connection = Connection.lazy({
      connectTimeout: CONNECT_DEADLINE_MS,
      ...(address !== undefined && { address }),
      ...(apiKey !== undefined && { apiKey }),
      ...(tls !== undefined && { tls }),
      ...(metadata !== undefined && { metadata }),
    });
  } catch (cause) {
    throw unusable(target, cause);
  }
  try {
    await connection.ensureConnected();
    return connection;
  } catch (cause) {
    await connection.close();
    throw unusable(target, cause);
  }
}

/** A client's connection, to a server that answers and has the namespace. Throws {@link TemporalServerError}. */
export async function connectToTemporal(target: TemporalTarget): Promise<Connection> {
  const connection = await connectToServer(target);
  try {
    await checkNamespace(connection, target);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A worker's connection; the same checks and errors. The native bridge is loaded here and not by every command. */
export async function connectWorkerToTemporal(target: TemporalTarget): Promise<NativeConnection> {
  const checked = await connectToTemporal(target);
  await checked.close();
  const { NativeConnection: Native } = await import('@temporalio/worker');
  return Native.connect(target.options).catch((cause: unknown) => {
    throw unusable(target, cause);
  });
}
