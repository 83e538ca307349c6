import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ensureRead, type ReadTask } from '../../activities/ensure-read.js';
import { hideSecrets } from '../../activities/http/hide-secrets.js';
import type { Kind, Sighting } from '../../activities/kind.js';
import { formatMarker } from '../../contract/marker.js';
import type { Json, JsonObject } from '../../contract/plan.js';
import type { ReadInput, ResolvedStep } from '../../contract/steps.js';
import { MODEL_CONNECTION, modelKind, PROVIDER } from '../../testing/explorer/model-kind.js';
import { search } from '../support/canaries.js';
import { OURS, owner, refusal, thing } from '../support/one-attempt.js';

const SECRET = 'canary-7c1f 90"d2\\e5';

const model = modelKind('model.thing', {
  duplicates: 'possible',
  answersId: true,
  windowMs: 20_000,
}) as unknown as Kind;

/** A kind whose specs say anything, with a description at the top and secrets below `env`. */
function kindThat(more: Partial<Kind>, seen: readonly Sighting[] = [thing('x1')]): Kind {
  return {
    ...model,
    spec: z.looseObject({}),
    secretFields: ['env'],
    sensitiveFields: ['notes'],
    scopeFields: {},
    description: {
      maxLength: 300,
      path: 'description',
      read: (spec) => (spec as { description?: string }).description,
      write: (spec, description) => ({ ...spec, description }),
    },
    find: async () => seen,
    ...more,
  };
}

const step = { key: 'a', kind: 'model.thing', provider: PROVIDER, retain: false } as unknown as ResolvedStep;

function read(kind: Kind, input: Partial<ReadInput> = {}, task: Partial<ReadTask> = {}) {
  const given = { step, spec: {}, owner, id: 'x1', adopted: false, fingerprint: '', ...input };
  const connection = { ...MODEL_CONNECTION, secretNames: ['token'], readSecret: () => SECRET };
  const cloud = {
    scope: {},
    call: () => Promise.reject(new Error('no call')),
    shared: (_key: string, look: () => never) => look(),
  };
  return ensureRead(given, {
    kind,
    connection,
    cloud,
    redact: (text) => hideSecrets(text, [SECRET]),
    holdsSecret: (text) => hideSecrets(text, [SECRET]) !== text,
    ...task,
  });
}

/** A kind whose cloud shows exactly this. */
const showing = (shown: JsonObject) => kindThat({ observe: async () => shown });

describe('what is there', () => {
  test('is compared by name and description where the kind shows no more', async () => {
    const kind = kindThat({}, [thing('x1', { name: 'renamed', description: `mine ${OURS}` })]);
    expect(await read(kind, { spec: { name: 'thing-a', description: 'mine', size: 3 } })).toEqual({
      verdict: 'differs',
      differences: [{ field: 'name', planned: 'thing-a', actual: 'renamed' }],
      compared: ['name', 'description'],
    });
  });

  test('is compared by what the look-up shows where the kind needs no other read', async () => {
    const kind = kindThat({}, [thing('x1', { fields: { size: 4 } })]);
    expect(await read(kind, { spec: { name: 'thing-a', size: 3 } })).toMatchObject({
      differences: [{ field: 'size', planned: 3, actual: 4 }],
      compared: ['size'],
    });
  });

  test('differs in its description once the marker is gone, and a retained one says so in its marker', async () => {
    const kind = kindThat({}, [thing('x1', { description: undefined })]);
    const retained = { ...step, retain: true };
    const planned = formatMarker({ ...owner, keep: true });
    expect(await read(kind, { step: retained, spec: { name: 'thing-a' } })).toMatchObject({
      differences: [{ field: 'description', planned, actual: '' }],
    });
    const kept = kindThat({}, [thing('x1', { description: planned })]);
    expect(await read(kept, { step: retained, spec: { name: 'thing-a' } })).toMatchObject({ verdict: 'same' });
  });

  test('is compared with what its create sent, defaults of the schema and ids of the scope included', async () => {
    const kind = kindThat({
      spec: z.object({ project: z.string(), size: z.number().default(3) }),
      scopeFields: { project: 'projectId' },
      observe: async () => ({ project: 'p2', size: 4 }),
    });
    const connection = { ...MODEL_CONNECTION, scope: { projectId: 'p1' } };
    expect(await read(kind, {}, { connection })).toMatchObject({
      differences: [
        { field: 'project', planned: 'p1', actual: 'p2' },
        { field: 'size', planned: 3, actual: 4 },
      ],
    });
  });

  test('is not compared in a field whose reference has no value', async () => {
    const spec = { size: 3, parent: { $ref: 'other.id' }, list: [{ of: { $ref: 'other.id' } }] };
    const kind = showing({ size: 3, parent: 'p', list: [{ of: 'p' }] });
    expect(await read(kind, { spec })).toMatchObject({ verdict: 'same', compared: ['size'] });
  });
});

describe('what is missing', () => {
  const theirs = formatMarker({ ...owner, runId: 'another', keep: false });

  test.each([
    ['is not found', [], 'no resource has its id'],
    ['was replaced by one of the same name and marker', [thing('x2')], 'no resource has its id'],
    ['is on its way out', [thing('x1', { status: 'deleting' })], 'it is being deleted'],
    ['is broken', [thing('x1', { status: 'failed' })], 'it is there, but its cloud calls it failed'],
    ['carries the marker of another', [thing('x1', { description: theirs })], 'the marker of another owner is on it'],
  ] as const)('says why, where it %s', async (_how, seen, why) => {
    expect(await read(kindThat({}, seen))).toEqual({ verdict: 'missing', differences: [], compared: [], why });
  });

  test('is no adopted resource that carries the marker of its first owner', async () => {
    const kind = kindThat({}, [thing('x1', { description: theirs, name: 'thing-a' })]);
    const spec = { name: 'thing-a', description: 'mine' };
    expect(await read(kind, { spec, adopted: true })).toEqual({ verdict: 'same', differences: [], compared: ['name'] });
  });
});

describe('a secret', () => {
  const spec = {
    env: { TOKEN: { $secret: 'token' }, MODE: 'a' },
    notes: 'private',
    box: { inner: { $secret: 'token' } },
    list: [{ of: { $secret: 'token' } }],
  };
  const places = (drift: unknown) => search({ drift: JSON.stringify(drift) }, [SECRET]);

  test('that is as planned is no difference', async () => {
    const shown = { env: { TOKEN: SECRET, MODE: 'a' }, notes: 'private' };
    const drift = await read(showing(shown), { spec });
    expect(drift).toMatchObject({ verdict: 'same', compared: ['env.TOKEN', 'env.MODE', 'notes'] });
    expect(places(drift)).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    ['stood there was changed', { env: { TOKEN: 'rotated-by-hand' } }, 'env.TOKEN'],
    ['may stand there was changed', { env: { MODE: SECRET } }, 'env.MODE'],
    ['should not stand there was changed', { notes: 'other' }, 'notes'],
    ['stands further down is gone', { env: null }, 'env'],
    ['stands in an object that is gone', { box: null }, 'box'],
    ['stood in a list moved in it', { list: [{ of: 'rotated-by-hand' }] }, 'list[0].of'],
    ['stood in a list that grew', { list: [{ of: SECRET }, { of: 'b' }] }, 'list'],
  ])('whose field is known to hold one tells no value, where what %s', async (_what, shown, field) => {
    // By its place alone, whatever the value is.
    const drift = await read(showing(shown), { spec }, { holdsSecret: () => false });
    expect(drift.differences).toEqual([{ field }]);
    expect(places(drift)).toEqual([]);
  });

  test.each<[string, Json]>([
    ['as it is', `run --token ${SECRET}`],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in base64', Buffer.from(`user:${SECRET}`).toString('base64')],
    ['deep in an object', { a: [{ b: SECRET }] }],
  ])('that somebody wrote into another field, %s, is not told', async (_how, actual) => {
    const drift = await read(showing({ command: actual }), { spec: { command: 'run' } });
    expect(drift.differences).toEqual([{ field: 'command' }]);
    expect(places(drift)).toEqual([]);
  });

  test('that cannot be read now leaves its field out, and what stands beside it in', async () => {
    const shown = { env: { TOKEN: 'x', MODE: 'b' }, list: [{ of: 'y' }] };
    const connection = {
      ...MODEL_CONNECTION,
      readSecret: () => {
        throw new Error('cannot be read');
      },
    };
    const drift = await read(showing(shown), { spec }, { connection });
    expect(drift).toMatchObject({ differences: [{ field: 'env.MODE' }], compared: ['env.MODE'] });
  });
});

describe('of what differs', () => {
  test('long texts are told from where they part, and at most 200 characters of each', async () => {
    const same = 'the same '.repeat(30);
    const drift = await read(showing({ text: `${same}actual${same}` }), { spec: { text: `${same}planned${same}` } });
    const [{ planned, actual } = { planned: '', actual: '' }] = drift.differences;
    expect(String(planned)).toMatch(/^….{40}planned.{153}…$/);
    expect(String(actual)).toMatch(/^….{40}actual.{154}…$/);
  });

  test('long objects are told as text, and short ones as they are', async () => {
    const spec = { long: ['a'.repeat(300)], short: ['a'] };
    const drift = await read(showing({ long: ['b'], short: ['b'] }), { spec });
    expect(drift.differences).toEqual([
      { field: 'long', planned: `["${'a'.repeat(198)}…`, actual: ['b'] },
      { field: 'short', planned: ['a'], actual: ['b'] },
    ]);
  });

  test('values too long to be searched for secrets are not told', async () => {
    const drift = await read(showing({ text: 'b'.repeat(20_001) }), { spec: { text: 'a' } });
    expect(drift.differences).toEqual([{ field: 'text' }]);
  });

  test('fifty differences and two hundred fields are told, by names of bounded length', async () => {
    const spec = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 'a']));
    const shown = Object.fromEntries(Object.keys(spec).map((field) => [field, 'b']));
    const { differences, compared } = await read(showing(shown), { spec });
    expect([differences.length, compared.length]).toEqual([50, 200]);
    const name = 'n'.repeat(1000);
    const long = await read(showing({ [name]: 'b' }), { spec: { [name]: 'a' } });
    expect(long.compared).toEqual([`${'n'.repeat(200)}…`]);
    expect(long.differences).toEqual([{ field: `${'n'.repeat(200)}…`, planned: 'a', actual: 'b' }]);
  });
});

describe('a read that fails', () => {
  test('is told in the words of the cloud, with its operation', async () => {
    const kind = kindThat({ find: () => Promise.reject(refusal({ type: 'AccessDenied', retryable: false })) });
    await expect(read(kind)).rejects.toMatchObject({ type: 'AccessDenied', nonRetryable: true });
  });

  test('for a reason nobody foresaw names the read, without secrets', async () => {
    const kind = kindThat({ observe: () => Promise.reject(new Error(`defect near ${SECRET}`)) });
    await expect(read(kind)).rejects.toMatchObject({
      type: 'ServiceInternalError',
      message: 'unexpected: defect near ***',
      details: [{ provider: PROVIDER, operation: 'model.thing.read' }],
    });
  });

  test('since what was listed is gone a moment later is tried again', async () => {
    const kind = kindThat({ observe: () => Promise.reject(refusal({ type: 'NotFound', retryable: false })) });
    await expect(read(kind)).rejects.toMatchObject({ type: 'NotFound', nonRetryable: false });
  });
});
