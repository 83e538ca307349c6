/** A second namespace with a worker of its own, whose workflows know nothing of ours but the Nexus service. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type ApplicationFailure, NexusOperationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { HandlerError } from 'nexus-rpc';
import { afterAll, beforeAll, inject } from 'vitest';
import type { provisionerService } from '../../contract/nexus-service.js';
import type { Encryption } from '../../encryption/encryption.js';
import { ensureNexusEndpoint } from '../../worker/nexus/ensure-endpoint.js';
import { failureOf } from './closing.js';
import type { Rig } from './rig.js';

type Operation = keyof typeof provisionerService.operations;

const TASK_QUEUE = 'callers';

export class Caller {
  readonly namespace = `caller-${randomUUID().slice(0, 8)}`;
  readonly endpoint = `provisioner-${this.namespace}`;
  connection!: Connection;
  private client!: Client;
  private native!: NativeConnection;
  private worker!: Worker;
  private running: Promise<void> = Promise.resolve();

  /** Its keys, where it has some: a call is read on the other side. */
  constructor(private readonly encryption?: Encryption) {}

  async open(taskQueue: string): Promise<void> {
    const { namespace } = this;
    const address = inject('temporalAddress');
    [this.connection, this.native] = await Promise.all([
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
    ]);
    const day = { seconds: 86_400 as never };
    await this.connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
    await ensureNexusEndpoint(this.connection, this.endpoint, { namespace: 'default', taskQueue });
    const dataConverter = this.encryption?.dataConverter;
    this.client = new Client({ connection: this.connection, namespace, ...(dataConverter && { dataConverter }) });
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./nexus-caller.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
      ...(dataConverter && { failureConverterPath: dataConverter.failureConverterPath }),
    });
    while (!(await this.isKnown())) await sleep(100);
    const options = { connection: this.native, namespace, taskQueue: TASK_QUEUE, workflowBundle };
    this.worker = await Worker.create({ ...options, ...(dataConverter && { dataConverter }) });
    this.running = this.worker.run();
  }

  async close(): Promise<void> {
    this.worker.shutdown();
    await this.running;
    await Promise.all([this.connection.close(), this.native.close()]);
  }

  /** Any of the caller's workflows. */
  async run(type: string, ...args: unknown[]): Promise<WorkflowHandle> {
    return await this.client.workflow.start(type, { workflowId: `call-${randomUUID()}`, taskQueue: TASK_QUEUE, args });
  }

  async start(operation: Operation, input: unknown): Promise<WorkflowHandle> {
    return await this.run('call', this.endpoint, operation, input);
  }

  async call<Result>(operation: Operation, input: unknown): Promise<Result> {
    return (await (await this.start(operation, input)).result()) as Result;
  }

  /** What the operation failed with, as its caller sees it. */
  async causeOf(run: WorkflowHandle): Promise<Error> {
    const failure: unknown = await failureOf(run);
    if (!(failure instanceof NexusOperationFailure)) throw failure;
    return failure.cause as Error;
  }

  /** A refusal, with the failure that tells a program why. */
  async refusalOf(operation: Operation, input: unknown): Promise<{ error: HandlerError; why: ApplicationFailure }> {
    const error = await this.causeOf(await this.start(operation, input));
    if (!(error instanceof HandlerError)) throw error;
    return { error, why: error.cause as ApplicationFailure };
  }

  /** The server's caches learn of a namespace a moment after it was registered. */
  private async isKnown(): Promise<boolean> {
    try {
      const taskQueue = { name: TASK_QUEUE };
      await this.connection.workflowService.describeTaskQueue({ namespace: this.namespace, taskQueue });
      return true;
    } catch {
      return false;
    }
  }
}

/** Call it at the top of a test file, after `useRig`. */
export function useCaller(rig: Rig, encryption?: Encryption): Caller {
  const caller = new Caller(encryption);
  beforeAll(() => caller.open(rig.taskQueue));
  afterAll(() => caller.close());
  return caller;
}
