import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { ProvisionHandle } from '../client/handle.js';
import { fabric } from './support/resources.js';

/** A server with one open managed plan, and a worker that answers these queries. */
function clientOf(query: (name: string) => Promise<unknown>): Client {
  const plan = { name: 'p', managed: true, resources: { a: fabric() } };
  const input = { payloads: [defaultPayloadConverter.toPayload(plan)] };
  const events = [{ workflowExecutionStartedEventAttributes: { input } }];
  const description = { workflowId: 'provision-p', runId: 'r', type: 'provision', status: { name: 'RUNNING' } };
  const describe = async () => ({ ...description, searchAttributes: {}, raw: {} });
  const handle = { describe, query, result: () => new Promise(() => undefined) };
  const loadedDataConverter = { payloadCodecs: [], payloadConverter: defaultPayloadConverter };
  const client = {
    options: { namespace: 'default', loadedDataConverter },
    workflow: { getHandle: () => handle },
    workflowService: { getWorkflowExecutionHistory: async () => ({ history: { events } }) },
    withDeadline: (_deadline: number, ask: () => unknown) => ask(),
    withAbortSignal: (_signal: AbortSignal, ask: () => unknown) => ask(),
  };
  return client as unknown as Client;
}

it('whoever waits for a managed plan is told its outputs, though a worker dies between its ledger and them', async () => {
  let asked = 0;
  const client = clientOf(async (name) => {
    if (name === 'ledger') return { plan: 'p', outcome: 'Provisioned', steps: {}, moves: [] };
    asked += 1;
    if (asked === 1) throw new Error('4 DEADLINE_EXCEEDED');
    return { a: { id: '1' } };
  });
  expect(await new ProvisionHandle(client, 'provision-p', 'r').result()).toEqual({ a: { id: '1' } });
  expect(asked).toBe(2);
});
