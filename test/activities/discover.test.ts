import { expect, test } from 'vitest';
import { discover } from '../../activities/deprovision/discover.js';
import type { Kind, Sighting } from '../../activities/kind.js';
import { formatMarker } from '../../contract/marker.js';
import { owner, thing } from '../support/one-attempt.js';

const attempt = { throwIfStopped: () => undefined } as never;

function look(listed: readonly Sighting[]) {
  const kind = { name: 'model.thing', provider: 'model', list: () => listed } as unknown as Kind;
  const task = { kind, namespace: 'default', attempt, cloud: {} as never, redact: (text: string) => text };
  return discover({ connection: 'c', workflowId: owner.workflowId, fingerprint: '' }, task);
}

const marker = (more: object) => formatMarker({ ...owner, keep: false, ...more });

test('what carries the workflow’s marker is found, of whichever run, and nothing else', async () => {
  const found = await look([
    thing('1', { outputs: { size: 3 } }),
    thing('2', { description: marker({ runId: 'another', keep: true }) }),
    thing('3', { description: marker({ workflowId: 'provision-other' }) }),
    thing('4', { description: marker({ namespace: 'elsewhere' }) }),
    thing('5', { description: 'somebody’s' }),
  ]);
  const at = { connection: 'c', kind: 'model.thing', name: 'thing-a', step: 'a' };
  expect(found).toEqual([
    { ...at, id: '1', runId: 'r', keep: false, spec: { size: 3, name: 'thing-a' } },
    { ...at, id: '2', runId: 'another', keep: true, spec: { name: 'thing-a' } },
  ]);
});

test('a list that shows one twice has found it once', async () => {
  expect(await look([thing('1'), thing('1')])).toHaveLength(1);
});

test('more than any plan makes is for a person', async () => {
  const many = Array.from({ length: 501 }, (_, index) => thing(String(index)));
  await expect(look(many)).rejects.toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
});
