/** The contract suite of kinds must be able to fail: each way to break a kind is caught, and by the case that is about it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ALIBABA_ERRORS } from '../activities/providers/alibaba/errors.js';
import { BUILT_IN_KINDS } from '../activities/providers/built-in.js';
import { HUAWEI_ERRORS } from '../activities/providers/huawei/errors.js';
import { NAVER_ERRORS } from '../activities/providers/naver/errors.js';
import { type Kind, ProviderError, type Sighting } from '../index.js';
import { type DocumentedError, type KindContractOptions, kindContract } from '../testing/index.js';
import { HELD } from './support/hold-to-contract.js';
import { LOCKERS_ON_A_PAGE, OWN_KEY, startOwnCloud } from './support/own-cloud.js';
import { acme, acmeLocker } from './support/own-kind.js';

type Locker = typeof acmeLocker;

function optionsFor(endpoint: string): KindContractOptions {
  const credentials = { key: () => OWN_KEY };
  return {
    provider: acme,
    connection: { provider: 'acme', endpoint, simulator: true, lateCommitWindow: '1500ms', credentials },
    spec: (name) => ({ name }),
    pageSize: LOCKERS_ON_A_PAGE,
    patienceMs: 1500,
  };
}

/** What each case that fails says, by its title, for a kind that differs from the sound one. A cloud for each. */
async function breachesOf(changes: Partial<Locker>, more: Partial<KindContractOptions> = {}, about = /./) {
  const cloud = await startOwnCloud();
  const kind = { ...acmeLocker, ...changes } as Locker as Kind;
  const breaches = new Map<string, string>();
  for (const { title, skip, run } of kindContract(kind, { ...optionsFor(cloud.endpoint), ...more })) {
    if (!skip && about.test(title))
      await run().catch((error: unknown) => breaches.set(title, (error as Error).message));
    // A kind that does not find or delete cannot be cleaned up after.
    cloud.lockers.clear();
  }
  await cloud.close();
  return breaches;
}

const DECLARES = 'what it declares is what the worker can rely on';
const LIFE = 'a created resource is found and listed, and gone after its delete';
const PAGES = 'find and list show every resource over all pages';
const FINDS = 'find shows what has the name or the id, and nothing else';
const NAME = 'name and outputs are those that the kind declares';
const MARKER = "the marker comes back after the user's own text";
const LONGEST = 'the marker comes back whole at the longest description';
const UNKNOWN = 'an unknown field is refused and nothing is sent';
const EFFECTS = 'only create creates, and with one request';
const TWICE = 'a create that is run twice makes one resource';
const DRIFT = 'a resource just created shows no drift';
const OTHERS = "a name that is another owner's is refused, and theirs stays";
const LATE = [
  'a create that takes effect late is found and deleted by its undo',
  'a create that takes effect late is taken over by its retry',
];
const MISSING = 'a delete of what is missing deletes nothing and says so';

/** Without a find that works, little else does. */
const NEED_FIND = [LIFE, PAGES, NAME, MARKER, LONGEST, EFFECTS, TWICE, DRIFT, OTHERS, MISSING];

const { create, find, list, delete: remove, description } = acmeLocker;
const short = (sighting: Sighting): Sighting => ({ ...sighting, description: sighting.description?.slice(0, 200) });

/** A way to break the kind, the cases that must catch it, and what one of them must say. */
const BREACHES: readonly (readonly [how: string, changes: Partial<Locker>, caught: readonly string[], says: RegExp])[] =
  [
    [
      'find ignores the name',
      {
        async find(line) {
          const all: Sighting[] = [];
          for await (const each of list(line)) all.push(each);
          return all;
        },
      },
      [FINDS],
      /must show nothing of another name/,
    ],
    ['find ignores the id', { find: (line, { spec: of }) => find(line, { spec: of }) }, [FINDS], /of the id/],
    [
      'find takes an empty list for an error',
      {
        async find(line, wanted) {
          const found = await find(line, wanted);
          if (found.length === 0) throw new Error('no such locker');
          return found;
        },
      },
      [...NEED_FIND, FINDS, UNKNOWN],
      /an empty list is an answer/,
    ],
    [
      'list misses all pages but the first',
      {
        async *list(line) {
          let count = 0;
          for await (const each of list(line)) if (count++ < LOCKERS_ON_A_PAGE) yield each;
        },
      },
      [PAGES],
      /over all pages; 1 of 4 are missing/,
    ],
    [
      'delete passes over what is missing',
      { delete: (line, sighting, of) => remove(line, sighting, of).catch(() => ({})) },
      [MISSING],
      /must throw the ProviderError NotFound, not pass for a delete/,
    ],
    [
      'delete takes what is missing for another error',
      {
        delete: (line, sighting, of) =>
          remove(line, sighting, of).catch(() => {
            const facts = { retryable: false, sent: 'never', provider: 'acme', operation: 'DeleteLocker' } as const;
            throw new ProviderError('no', { ...facts, type: 'InvalidRequest' });
          }),
      },
      [MISSING],
      /not InvalidRequest: no/,
    ],
    [
      'delete deletes nothing',
      { delete: async () => ({}) },
      [LIFE, EFFECTS, MISSING],
      /the undo must end .*not settled/,
    ],
    [
      'create drops the description',
      { create: (line, of) => create(line, { name: of.name }) },
      [MARKER, LONGEST, TWICE, DRIFT],
      /must show the description with the marker/,
    ],
    [
      'the cloud cuts long descriptions',
      {
        async create(line, of) {
          const { id } = await create(line, of);
          return { ...(id !== undefined && { id }) };
        },
        find: async (line, wanted) => (await find(line, wanted)).map(short),
        async *list(line) {
          for await (const each of list(line)) yield short(each);
        },
      },
      [LONGEST],
      /marker/,
    ],
    [
      "the marker displaces the user's own text",
      { description: { ...description, read: () => undefined } },
      [MARKER, LONGEST],
      /read must give what write has put there/,
    ],
    [
      'a cloud that takes duplicates is declared to refuse them',
      { duplicates: 'refused' },
      [OTHERS],
      /must fail; declare duplicates/,
    ],
    ['find shows nothing', { find: async () => [] }, [...NEED_FIND, FINDS], /must end in one resource, not in 2/],
    [
      'an unknown field is accepted',
      { spec: z.looseObject({ name: z.string(), note: z.string().optional() }) },
      [UNKNOWN],
      /must refuse a field that the cloud does not document/,
    ],
    ['nameOf tells another name', { nameOf: ({ name }) => `locker ${name}` }, [NAME], /nameOf/],
    ['an output is declared that none gives', { outputs: { ...acmeLocker.outputs, size: '' } }, [NAME], /outputs/],
    [
      'create sends a request that passes the fence by',
      { create: (line, of) => create({ ...line, call: (it) => line.call({ ...it, effect: 'changes' }) }, of) },
      [EFFECTS],
      /asks the fence/,
    ],
    [
      'observe shows a field otherwise than it was planned',
      { observe: async (_line, { name }) => ({ name, note: 'of somebody else' }) },
      [DRIFT],
      /otherwise are: note/,
    ],
    [
      'observe shows nothing of the spec',
      { observe: async () => ({ door: 1 }) },
      [DRIFT],
      /under the names of the spec/,
    ],
    [
      'observe does more than read',
      {
        async observe(line, sighting, of) {
          await remove(line, sighting, of);
          return { name: sighting.name };
        },
      },
      [DRIFT],
      /observe: every request must have effect 'none'/,
    ],
    ['the late-commit window is below the deadline', { lateCommitWindowMs: 5_000 }, [DECLARES], /at least 20000/],
    ['the name does not begin with the provider', { name: 'locker' }, [DECLARES], /must begin with the provider/],
  ];

describe('a kind that is broken is caught by the cases about it, and by no other', () => {
  test.concurrent.each(BREACHES)('%s', { timeout: 120_000 }, async (_how, changes, caught, says) => {
    const breaches = await breachesOf(changes);
    expect([...breaches.keys()].sort()).toEqual([...caught].sort());
    expect([...breaches.values()].join('\n')).toMatch(says);
  });
});

const refusal = { operation: 'ListLockers', status: 403, body: { reason: 'no' }, type: 'AccessDenied' } as const;

/** A way to answer, the kind it is answered to, and what its case must say. */
const MISREAD: readonly (readonly [how: string, error: DocumentedError, changes: Partial<Locker>, says: RegExp])[] = [
  ['an error of another type', { ...refusal, type: 'Throttling' }, {}, /as Throttling, not as AccessDenied/],
  [
    'a success',
    { ...refusal, status: 200, body: { lockers: [] } },
    {},
    /must be classified as AccessDenied, and was not/,
  ],
  ['worth another try', { ...refusal, retryable: true }, {}, /must be worth another try/],
  [
    'a create that did nothing',
    { ...refusal, operation: 'CreateLocker', sent: 'unknown' },
    {},
    /counts as unknown, not as refused/,
  ],
  [
    'to a call that is never made',
    { ...refusal, operation: 'OpenLocker' },
    {},
    /OpenLocker: must be an operation that/,
  ],
  [
    'nothing to be found, by the kind',
    refusal,
    { find: (line, wanted) => find(line, wanted).catch(() => []) },
    /the kind must throw the ProviderError on, not answer/,
  ],
];

test.concurrent.each(MISREAD)(
  'a documented error that is taken for %s is caught',
  async (_how, error, changes, says) => {
    const breaches = await breachesOf(changes, { errors: [error] }, /answered with/);
    expect([...breaches.values()]).toEqual([expect.stringMatching(says)]);
  },
);

test('late commits that do not come late are caught, and without any to ask for their cases are skipped', async () => {
  const punctual = await breachesOf({}, { late: () => undefined }, /late/);
  expect([...punctual.values()]).toEqual([expect.stringMatching(/^late: /), expect.stringMatching(/^late: /)]);
  const without = kindContract(acmeLocker as Kind, optionsFor('http://127.0.0.1:1'));
  const skipped = without.filter(({ skip }) => skip);
  expect(skipped.map(({ title }) => title)).toEqual(LATE.map((title) => `${title} (needs the option \`late\`)`));
  for (const { run } of skipped) await expect(run()).rejects.toThrow('needs the option `late`');
});

test('every row of the error tables is proved on a kind, or on a call that no kind makes by itself', () => {
  const proved = new Set(Object.values(HELD).flatMap(({ operations }) => operations));
  const rest = [...HUAWEI_ERRORS, ...NAVER_ERRORS, ...ALIBABA_ERRORS]
    .map(({ example }) => example.operation)
    .filter((operation) => !proved.has(operation));
  expect([...new Set(rest)].sort()).toEqual(['CreatePipelineRun', 'GetProject', 'KeystoneCreateUserTokenByPassword']);
});

test('every built-in kind has a test file that holds it to the contract', () => {
  const names = BUILT_IN_KINDS.map(({ name }) => name);
  expect(Object.keys(HELD).sort()).toEqual([...names].sort());
  const files = names.map((name) =>
    fileURLToPath(new URL(`kinds/${name.replaceAll('.', '-')}.test.ts`, import.meta.url)),
  );
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
