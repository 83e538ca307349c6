/** A command's line to the Temporal server: opened before its body, closed after it, whatever happens. */
import { Client } from '@temporalio/client';
import { ProvisionerClient } from '../client/client.js';
import { loadClientPart } from '../worker/config/client-part.js';
import { startTracing } from '../worker/telemetry/tracing.js';
import { connectToTemporal, loadTemporalOptions } from '../worker/temporal-connection.js';

export interface ServerOptions {
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly profile?: string | undefined;
  /** The configuration, of which only the keys and the queue are read. */
  readonly config?: string | undefined;
  /** The queue that the worker polls. Default: the configuration's. */
  readonly taskQueue?: string | undefined;
}

export interface Server {
  readonly client: Client;
  readonly provisioner: ProvisionerClient;
  readonly address: string;
  readonly namespace: string;
  /** Where workflows are started. */
  readonly taskQueue: string;
}

export async function withServer<T>(options: ServerOptions, body: (server: Server) => Promise<T>): Promise<T> {
  const target = loadTemporalOptions(process.env, options);
  const { encryption, taskQueue: written } = loadClientPart(options.config, process.env);
  const taskQueue = options.taskQueue ?? written;
  const { address, namespace } = target;
  const tracing = await startTracing();
  const connection = await connectToTemporal(target);
  try {
    const client = new Client({
      connection,
      namespace,
      ...(encryption && { dataConverter: encryption.dataConverter }),
      ...(tracing && { plugins: [tracing.plugin] }),
    });
    const provisioner = new ProvisionerClient({ client, taskQueue });
    return await body({ client, provisioner, address, namespace, taskQueue });
  } finally {
    await tracing?.stop();
    await connection.close();
  }
}
