/** The read as a worker runs it: by its activity type on the connection's queue, and what of it the server keeps. */
import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { Drift } from '../../contract/drift.js';
import { activityType } from '../../contract/names.js';
import type { CreateInput, ReadInput } from '../../contract/steps.js';
import { asProtobufJson, asText, search } from '../support/canaries.js';
import { aiWorkspace } from '../support/resources.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const SECRET = 'read-canary-51b9e0c7';
const rig = useRig({ settings: { secrets: { token: () => SECRET } } });

const docker = { image: 'tensorflow:r2.3.1-py3', command: 'ls', env: { TOKEN: { $secret: 'token' } } };
const resource = { ...aiWorkspace(), spec: { name: 'ai-ws', configuration: { docker } } };

/** What the create of a run's only step was given: its read gets the same. */
async function createInputOf(run: ProvisionRun): Promise<CreateInput> {
  const { events } = await run.fetchHistory();
  const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: attributes }) => attributes ?? []) ?? [];
  const [payload] = scheduled.find(({ activityType: type }) => type?.name?.endsWith('.create'))?.input?.payloads ?? [];
  if (!payload) throw new Error('the run has created nothing');
  return defaultPayloadConverter.fromPayload<CreateInput>(payload);
}

async function read({ step, spec, owner, fingerprint }: CreateInput, id: string) {
  const input: ReadInput = { step, spec, owner, id, adopted: false, fingerprint };
  const { taskQueue } = rig;
  const workflowId = `read-${randomUUID()}`;
  const args = [step.taskQueue, activityType(step.kind, 'read'), input];
  const handle = await rig.client.workflow.start('oneActivity', { taskQueue, workflowId, args });
  rig.track(workflowId, handle.firstExecutionRunId);
  return { drift: (await handle.result()) as Drift, history: await handle.fetchHistory() };
}

test('a provisioned resource is read on its connection, and no secret gets into the history', async () => {
  const run = await rig.start({ name: rig.planName(), resources: { ai: resource } });
  const { ai } = await run.result();
  const id = ai?.id ?? '';
  const given = await createInputOf(run);
  expect((await read(given, id)).drift).toMatchObject({ verdict: 'same', differences: [] });

  const edited = { docker: { ...docker, image: 'pytorch:1.7.0-py3', command: `ls ${SECRET}`, env: { TOKEN: 'x' } } };
  rig.simulator.resources.edit(id, { fields: { configuration: edited } });
  const { drift, history } = await read(given, id);
  expect(drift).toMatchObject({
    verdict: 'differs',
    differences: [
      { field: 'configuration.docker.image', planned: docker.image, actual: 'pytorch:1.7.0-py3' },
      { field: 'configuration.docker.command' },
      { field: 'configuration.docker.env.TOKEN' },
    ],
  });
  expect(search({ text: asText(history), json: asProtobufJson(history) }, [SECRET])).toEqual([]);

  rig.simulator.resources.remove(id);
  expect((await read(given, id)).drift).toMatchObject({ verdict: 'missing', why: 'no resource has its id' });
});
