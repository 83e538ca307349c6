/** One payload, there and back, and everything that may be wrong with one that comes back. */
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { createEncryption, type PlainPayloads, UndecipherablePayloadError } from '../../encryption/index.js';

const KEY = { old: randomBytes(32), new: randomBytes(32) };
const sources = (...ids: (keyof typeof KEY)[]) =>
  Object.fromEntries(ids.map((id) => [id, () => KEY[id].toString('base64')]));

function codec(current: keyof typeof KEY, ids: readonly (keyof typeof KEY)[] = [current], plain?: PlainPayloads) {
  return createEncryption({ current, keys: sources(...ids), ...(plain && { plain }) }).codec;
}

const VALUE = { spec: { name: 'harmless-bird' }, list: [1, null, 'é'] };
const PLAIN = defaultPayloadConverter.toPayload(VALUE) as Payload;

async function sealed(by = codec('old')): Promise<Payload> {
  const [payload] = await by.encode([PLAIN]);
  return payload as Payload;
}

async function opened(payload: Payload, by = codec('old')): Promise<unknown> {
  const [plain] = await by.decode([payload]);
  return defaultPayloadConverter.fromPayload(plain as Payload);
}

async function refusal(payload: Payload, by = codec('old')): Promise<UndecipherablePayloadError> {
  const error = await Promise.resolve(payload)
    .then(by.open.bind(by))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UndecipherablePayloadError);
  // The SDK's converter is what refuses it, with the same words.
  await expect(opened(payload, by)).rejects.toThrow((error as Error).message);
  return error as UndecipherablePayloadError;
}

const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('latin1');

describe('a payload', () => {
  test('that was encrypted is what it was once it is decrypted', async () => {
    expect(await opened(await sealed())).toEqual(VALUE);
  });

  test('that is encrypted shows its encoding and the id of its key, and nothing of itself', async () => {
    const { metadata, data } = await sealed();
    const shown = Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)]);
    expect(Object.fromEntries(shown)).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'old' });
    expect(text(data)).not.toMatch(/harmless|spec|json/);
  });

  test('that is encrypted twice is never the same twice', async () => {
    const data = await Promise.all(Array.from({ length: 100 }, async () => text((await sealed()).data)));
    expect(new Set(data.map((each) => each.slice(0, 12))).size).toBe(100);
    expect(new Set(data).size).toBe(100);
  });

  test('without data, and one of two megabytes, come back as they were', async () => {
    const nothing = defaultPayloadConverter.toPayload(undefined) as Payload;
    const much = defaultPayloadConverter.toPayload('x'.repeat(2_000_000)) as Payload;
    const payloads = await codec('old').decode(await codec('old').encode([nothing, much]));
    const values = payloads.map((payload) => defaultPayloadConverter.fromPayload(payload));
    expect(values).toEqual([undefined, 'x'.repeat(2_000_000)]);
  });
});

describe('after a rotation', () => {
  const rotated = codec('new', ['old', 'new']);

  test('what the old key encrypted is decrypted, and what is new has the new id', async () => {
    expect(await opened(await sealed(), rotated)).toEqual(VALUE);
    expect(text((await sealed(rotated)).metadata?.['encryption-key-id'])).toBe('new');
  });

  test('whoever has no new key is told which id is missing', async () => {
    const error = await refusal(await sealed(rotated), codec('old'));
    expect(error.reason).toBe('unknown-key');
    expect(error.message).toContain('the key new, which is not among encryption.keys');
  });

  test('whoever has both keys before the current one changes reads the ones that changed already', async () => {
    expect(await opened(await sealed(rotated), codec('old', ['old', 'new']))).toEqual(VALUE);
  });
});

describe('a payload that was tampered with', () => {
  test('in any one of its bytes, nonce and tag included, is refused', async () => {
    const payload = await sealed();
    for (let at = 0; at < (payload.data?.length ?? 0); at++) {
      const data = Buffer.from(payload.data ?? []);
      data[at] = (data[at] ?? 0) ^ 1;
      expect((await refusal({ ...payload, data })).reason).toBe('not-authentic');
    }
  });

  test('by cutting it to any length is refused, with a tag that is too short as well', async () => {
    const payload = await sealed();
    const { length } = payload.data ?? [];
    expect(length).toBeGreaterThan(28);
    for (let end = 0; end < (length ?? 0); end++) {
      expect((await refusal({ ...payload, data: payload.data?.subarray(0, end) ?? null })).reason).toBe(
        'not-authentic',
      );
    }
  });

  test('by giving it the id of another key is refused', async () => {
    const payload = await sealed();
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('new') };
    expect((await refusal({ ...payload, metadata }, codec('old', ['old', 'new']))).reason).toBe('not-authentic');
  });

  test('by an id that is no name is told without that id', async () => {
    const payload = await sealed();
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('<b>harmless-bird') };
    expect((await refusal({ ...payload, metadata })).message).not.toContain('harmless');
  });
});

test('a wrong key under the right id is refused, and the message holds neither key nor payload', async () => {
  const payload = await sealed();
  const wrong = createEncryption({ current: 'old', keys: { old: () => KEY.new.toString('hex') } }).codec;
  const { reason, message, stack } = await refusal(payload, wrong);
  expect(reason).toBe('not-authentic');
  expect(`${message} ${stack}`).not.toMatch(
    new RegExp(`${KEY.new.toString('hex')}|${KEY.old.toString('hex')}|harmless`),
  );
});

describe('a payload in plain', () => {
  test('is taken as it is by default, since other programs and older runs write them', async () => {
    expect(await opened(PLAIN)).toEqual(VALUE);
  });

  test('is refused where only encrypted ones are to be taken', async () => {
    const error = await refusal(PLAIN, codec('old', ['old'], 'refuse'));
    expect(error.reason).toBe('plain');
    expect(error.message).not.toContain('harmless');
  });
});
