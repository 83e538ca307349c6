import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeWithMarker, formatMarker, parseMarker, sameOwner } from '../../contract/marker.js';

const owner = { namespace: 'default', workflowId: 'provision-orders', step: 'workspace', runId: 'b1946ac9-2d3f' };

test('a marker names namespace, workflow, step and first run in brackets', () => {
  expect(formatMarker({ ...owner, keep: false })).toBe(
    '[temporal-provisioner ns=default wf=provision-orders step=workspace run=b1946ac9-2d3f]',
  );
});

test('a retained resource says keep before the closing bracket', () => {
  expect(formatMarker({ ...owner, keep: true })).toBe(
    '[temporal-provisioner ns=default wf=provision-orders step=workspace run=b1946ac9-2d3f keep]',
  );
});

test('the own description stands before the marker and stays as it was', () => {
  expect(describeWithMarker('for the orders team', { ...owner, keep: false })).toMatch(
    /^for the orders team \[temporal-provisioner ns=/,
  );
});

test('spaces and brackets in names are percent-encoded so that the format holds', () => {
  const text = formatMarker({ ...owner, workflowId: 'a [b] c%', keep: false });
  expect(text).toContain('wf=a%20%5Bb%5D%20c%25');
  expect(parseMarker(text)?.workflowId).toBe('a [b] c%');
});

test('whatever stands in names and description, the marker reads back the same', () => {
  const word = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(word, word, word, word, fc.boolean(), fc.string(), (namespace, workflowId, step, runId, keep, text) => {
      const marker = { namespace, workflowId, step, runId, keep };
      expect(parseMarker(describeWithMarker(text, marker))).toEqual(marker);
    }),
  );
});

test.each([
  undefined,
  null,
  '',
  'a workspace of ours',
  '[temporal-provisioner ns=a wf=b step=c]',
  '[temporal-provisioner ns=a wf=%zz step=c run=d]',
  '[other ns=a wf=b step=c run=d]',
])('no marker is read from %j', (text) => {
  expect(parseMarker(text)).toBeUndefined();
});

test('the last of several markers counts since ours is appended', () => {
  const other = formatMarker({ ...owner, step: 'forged', keep: false });
  expect(parseMarker(describeWithMarker(other, { ...owner, keep: false }))?.step).toBe('workspace');
});

test('another run of the same workflow id is another owner', () => {
  expect(sameOwner(owner, { ...owner })).toBe(true);
  for (const word of ['namespace', 'workflowId', 'step', 'runId'] as const) {
    expect(sameOwner(owner, { ...owner, [word]: 'else' })).toBe(false);
  }
});
