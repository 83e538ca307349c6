/** Keys by reference: what is taken for one, and that every mistake is told with its path and without a value. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import { ConfigProblems } from '../../contract/config-problems.js';
import { createEncryption, type EncryptionOptions } from '../../encryption/index.js';
import { loadClientPart } from '../../worker/config/client-part.js';
import { loadConfig } from '../../worker/config/load-config.js';
import { fileSchema } from '../../worker/config/schema.js';

const HEX = '00112233445566778899aabbccddeeff00112233445566778899aabbccddee0f';
const BASE64 = Buffer.from(HEX, 'hex').toString('base64');
const OTHER = 'f'.repeat(64);

function problemsOf(make: () => unknown): Readonly<Record<string, string>> {
  try {
    make();
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    expect(error.message).not.toMatch(new RegExp(`${HEX}|${BASE64}|${OTHER}|SECRETTEXT`));
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
  return {};
}

const withKeys = (keys: Readonly<Record<string, unknown>>, current = 'k1') =>
  problemsOf(() => createEncryption({ current, keys } as EncryptionOptions, { env: { UNSET: '' }, folder: '/' }));

describe('a key', () => {
  test.each([HEX, HEX.toUpperCase(), BASE64, BASE64.replace('=', ''), Buffer.from(HEX, 'hex').toString('base64url')])(
    'of 32 bytes is taken in hex and in base64: %#',
    (text) => {
      expect(withKeys({ k1: () => text })).toEqual({});
    },
  );

  test('in hex and the same in base64 are one key', async () => {
    const seal = createEncryption({ current: 'k1', keys: { k1: () => HEX } }).codec;
    const open = createEncryption({ current: 'k1', keys: { k1: () => `${BASE64}\n` } }).codec;
    const [plain] = await open.decode(await seal.encode([{ metadata: {}, data: Buffer.from('x') }]));
    expect(Buffer.from(plain?.data ?? []).toString()).toBe('x');
  });

  test.each(['', 'SECRETTEXT', HEX.slice(2), `${HEX}00`, BASE64.slice(4), `${BASE64}AAAA`])(
    'of another length or alphabet is refused: %#',
    (text) => {
      expect(withKeys({ k1: () => text })['keys.k1']).toMatch(/32 bytes, in base64 or in hex/);
    },
  );

  test('that is missing is told by its variable or its file', () => {
    const problems = withKeys({ k1: { env: 'UNSET' }, k2: { file: 'no/such-file' }, k3: { env: 'NOT_THERE' } });
    expect(problems['keys.k1']).toContain('UNSET is empty');
    expect(problems['keys.k2']).toContain('/no/such-file');
    expect(problems['keys.k3']).toContain('NOT_THERE is not set');
  });

  test('that is written down is refused, whatever it is', () => {
    expect(withKeys({ k1: HEX })['keys.k1']).toContain('never the key itself');
  });

  test('under two ids is refused, since each would be counted for itself', () => {
    expect(withKeys({ k1: () => HEX, k2: () => BASE64 })['keys.k2']).toContain('must not be the same key as k1');
  });

  test('with an id that is no word is refused without repeating it', () => {
    expect(withKeys({ k1: () => HEX, 'SECRETTEXT ü': () => OTHER }).keys).toContain('letters, digits');
  });

  test('that is current has to be one of the keys', () => {
    expect(withKeys({ k1: () => HEX }, 'SECRETTEXT')).toEqual({ current: 'must be the id of one of the keys' });
  });
});

describe('the configuration file', () => {
  function file(encryption: unknown): string {
    const path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'provisioner.config.yaml');
    writeFileSync(path, JSON.stringify({ encryption, connections: { mine: { provider: 'naver' } } }));
    return path;
  }

  test('gives its keys to a command that has none of the secrets of its connections', () => {
    const path = file({ current: 'k1', keys: { k1: { env: 'KEY' } } });
    expect(loadClientPart(path, { KEY: HEX }).encryption).toBeDefined();
    expect(loadClientPart(file(undefined), {}).encryption).toBeUndefined();
  });

  test('without a key is refused by such a command rather than read as if nothing were encrypted', () => {
    const path = file({ current: 'k1', keys: { k1: { env: 'KEY' } } });
    expect(problemsOf(() => loadClientPart(path, {}))).toEqual({
      'encryption.keys.k1': 'the environment variable KEY is not set',
    });
    expect(Object.keys(problemsOf(() => loadClientPart('/no/such-file.yaml', {})))).toEqual(['']);
  });

  test('tells every mistake in its keys beside those in its connections', () => {
    const wrong = { current: 'k1', keys: { k1: 'SECRETTEXT' }, plain: 'SECRETTEXT', rotate: true };
    const problems = problemsOf(() => loadConfig(file(wrong), {}, BUILT_IN_PROVIDERS));
    expect(problems['encryption.keys.k1']).toContain('never the key itself');
    expect(problems['encryption.plain']).toBe('must be accept or refuse');
    expect(Object.keys(problems)).toContain('encryption.rotate');
    expect(Object.keys(problems).some((path) => path.startsWith('connections.mine'))).toBe(true);
    const unset = problemsOf(() =>
      loadConfig(file({ current: 'no', keys: { k1: { env: 'KEY' } } }), {}, BUILT_IN_PROVIDERS),
    );
    expect(unset['encryption.keys.k1']).toContain('KEY is not set');
    expect(unset['encryption.current']).toBe('must be the id of one of the keys');
  });
});

describe('a file that commands read the keys from', () => {
  const file = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'provisioner.config.yaml');
    writeFileSync(path, text);
    return path;
  };
  const load = (text: string) => problemsOf(() => loadClientPart(file(text), {}));

  test('with a misspelt part is refused, since a plan would be sent in plain', () => {
    expect(load('encrypton: { current: k1 }\n')).toMatchObject({ encrypton: expect.stringContaining('unknown field') });
    expect(load('- encryption\n')).toMatchObject({ '': expect.stringContaining('must be keys with values') });
  });

  test('may hold nothing, or every other part that a worker knows', () => {
    const read = ['encryption', 'searchAttributes'];
    const others = Object.keys(fileSchema.shape).filter((name) => !read.includes(name));
    expect(others.length).toBeGreaterThan(3);
    const text = ['searchAttributes: false', ...others.map((name) => `${name}: whatever`)].join('\n');
    expect(load(`${text}\n`)).toEqual({});
    expect(load('')).toEqual({});
  });
});
