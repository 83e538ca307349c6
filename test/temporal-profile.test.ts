/** Profiles of a `temporal.toml`: which server and namespace they lead to, and that `--profile` and `TEMPORAL_PROFILE` choose. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadTemporalOptions } from '../worker/temporal-connection.js';
import { runCli } from './cli-process.js';

const KEY = 'a-key-of-the-profile';
const TOML = `
[profile.default]
address = "127.0.0.1:1"
namespace = "at-home"

[profile.shop]
address = "127.0.0.1:2"
namespace = "shop.a1b2c"
api_key = "${KEY}"
`;

let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-profile-'));
  env = { TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') };
  writeFileSync(join(folder, 'temporal.toml'), TOML);
});
afterAll(() => rmSync(folder, { recursive: true }));

const AT_HOME = { address: '127.0.0.1:1', namespace: 'at-home' };
const SHOP = { address: '127.0.0.1:2', namespace: 'shop.a1b2c', options: { apiKey: KEY, tls: true } };

test.each([
  ['the default one without a name', {}, {}, AT_HOME],
  ['the one of TEMPORAL_PROFILE', { TEMPORAL_PROFILE: 'shop' }, {}, SHOP],
  ['the one that the caller names', {}, { profile: 'shop' }, SHOP],
  [
    'the one that the caller names rather than TEMPORAL_PROFILE',
    { TEMPORAL_PROFILE: 'shop' },
    { profile: 'default' },
    AT_HOME,
  ],
  [
    'it, but for the address of the environment',
    { TEMPORAL_ADDRESS: 'a:3' },
    { profile: 'shop' },
    { ...SHOP, address: 'a:3' },
  ],
  [
    'it, but for the namespace that the caller names',
    {},
    { profile: 'shop', namespace: 'n' },
    { ...SHOP, namespace: 'n' },
  ],
])('what is read is %s', (_which, more, overrides, target) => {
  expect(loadTemporalOptions({ ...env, ...more }, overrides)).toMatchObject(target);
});

test.each([
  ['--profile', ['--profile', 'shop'], {}],
  ['TEMPORAL_PROFILE', [], { TEMPORAL_PROFILE: 'shop' }],
])('a command goes where the profile of %s leads, and tells no key of it', async (_by, args, more) => {
  const { code, stderr } = await runCli(['list', ...args], { env: { ...env, ...more } });
  expect(code).toBe(4);
  expect(stderr).toMatch(/^error: No Temporal server answers at 127\.0\.0\.1:2 over TLS/);
  expect(stderr).not.toContain(KEY);
});

test('a profile that is not in the file is told in one line, and is a mistake of usage', async () => {
  const { code, stderr } = await runCli(['list', '--profile', 'gone'], { env });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^error: The Temporal profile cannot be read: check --profile, TEMPORAL_PROFILE, [^\n]*\n$/),
  ]);
});
