/** What a kind promises, one case for each promise. A breach is told in a sentence that says what would be right. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudRequest } from '../activities/cloud.js';
import type { CreateProgress } from '../activities/decisions.js';
import { BOUNDS } from '../activities/http/bounds.js';
import type { Sighting } from '../activities/kind.js';
import { ProviderError } from '../activities/provider-error.js';
import { checkShape } from '../contract/check-shape.js';
import { formatMarker, parseMarker } from '../contract/marker.js';
import type { JsonObject } from '../contract/plan.js';
import { type Stage, traceOf, type Wanted, words } from './contract-stage.js';
import { localAttempt } from './local-attempt.js';

export interface Promised {
  readonly title: string;
  check(stage: Stage): Promise<void>;
}

const atAnEnd = (_: unknown, index: number, all: readonly unknown[]) => index === 0 || index === all.length - 1;
const idsOf = (sightings: readonly Sighting[]) => sightings.map(({ id }) => id);
const shows = (sightings: readonly Sighting[], id: string) => sightings.some((sighting) => sighting.id === id);

async function declares(stage: Stage, scopeKeys: readonly string[]): Promise<void> {
  const { kind, connection } = stage;
  assert.equal(kind.provider, connection.provider, 'provider: must be the name of the provider that the kind calls');
  assert.ok(kind.name.startsWith(`${kind.provider}.`), 'name: must begin with the provider and a dot');
  assert.ok(
    kind.lateCommitWindowMs >= BOUNDS.totalMs,
    `lateCommitWindowMs: must be at least ${BOUNDS.totalMs}, the deadline of a request that may still take effect`,
  );
  const strangers = Object.entries(kind.scopeFields).filter(([, key]) => !scopeKeys.includes(key));
  assert.deepEqual(strangers, [], 'scopeFields: must name scope keys of the provider');
  const { spec } = stage.wanted();
  const bare = Object.fromEntries(Object.entries(spec).filter(([field]) => !(field in kind.scopeFields)));
  const checked = checkShape(kind.spec, bare);
  const problems = 'problems' in checked ? checked.problems.map(({ path, message }) => `${path}: ${message}`) : [];
  assert.deepEqual(problems, [], 'spec: must accept a sound spec, without the fields that the scope fills');
}

async function findsListsAndDeletes(stage: Stage): Promise<void> {
  const { id, ...wanted } = await stage.make();
  const found = await stage.find(wanted.spec);
  assert.ok(shows(found, id), 'find: must show the created resource by its name alone');
  assert.ok(shows(await stage.list(), id), 'list: must show the created resource');
  const deleted = await stage.undo(wanted, id);
  assert.equal(deleted, 1, 'delete: the undo must delete the one resource that was made');
  assert.ok(!shows(await stage.find(wanted.spec, id), id), 'find: must not show what was deleted');
  assert.ok(!shows(await stage.list(), id), 'list: must not show what was deleted');
}

async function showsAllPages(stage: Stage, pageSize: number): Promise<void> {
  const wanted = Array.from({ length: pageSize + 1 }, () => stage.wanted());
  const settled = await Promise.allSettled(wanted.map((one) => stage.make(one)));
  const made = settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const listed = await stage.list();
  const unlisted = made.filter(({ id }) => !shows(listed, id)).length;
  assert.equal(unlisted, 0, `list: must show every resource over all pages; ${unlisted} of ${made.length} are missing`);
  assert.equal(new Set(idsOf(listed)).size, listed.length, 'list: must show each resource once');
  const places = new Map(listed.map(({ id }, place) => [id, place]));
  const [first, last] = [...made].sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0)).filter(atAnEnd);
  for (const end of [first, last]) {
    assert.ok(end && shows(await stage.find(end.spec), end.id), 'find: must look through all pages for the name');
  }
}

async function findsWhatWasAsked(stage: Stage): Promise<void> {
  const noneOf = async (wanted: Wanted) => {
    const none = await stage.find(wanted.spec).catch((error: unknown) => {
      return assert.fail(`find: an empty list is an answer, not an error (${words(error)})`);
    });
    assert.deepEqual(idsOf(none), [], 'find: must show nothing of another name');
  };
  await noneOf(stage.wanted());
  const one = await stage.make();
  await noneOf(stage.wanted());
  const other = await stage.make();
  const byName = idsOf(await stage.find(one.spec));
  assert.deepEqual(byName, [one.id], 'find: must show exactly the resources of the name');
  const byBoth = idsOf(await stage.find(one.spec, other.id)).sort();
  assert.deepEqual(byBoth, [one.id, other.id].sort(), 'find: must also show the resource of the id, whatever its name');
}

async function tellsNameAndOutputs(stage: Stage): Promise<void> {
  const { spec, id, result } = await stage.make();
  const [shown] = (await stage.find(spec, id)).filter((sighting) => sighting.id === id);
  assert.ok(shown, 'find: must show the created resource');
  const { kind } = stage;
  assert.equal(kind.nameOf(spec), shown.name, 'nameOf: must be the name that the cloud shows');
  const declared = Object.keys(kind.outputs).sort();
  assert.deepEqual(
    Object.keys(shown.outputs).sort(),
    declared,
    'outputs: find must give each declared output, no other',
  );
  const created = Object.keys(result.outputs).filter((output) => output !== 'id');
  assert.deepEqual(created.sort(), declared, 'outputs: create must give each declared output, no other');
}

async function marksWhole(stage: Stage, own: (free: number) => string): Promise<void> {
  const { kind } = stage;
  const plain = stage.wanted();
  const keep = true;
  const free = kind.description.maxLength - formatMarker({ ...plain.owner, keep }).length - 1;
  assert.ok(free > 0, 'description.maxLength: must leave room for the marker and a word of the user');
  const text = own(free);
  const spec = kind.description.write(stage.whole(plain.spec), text) as JsonObject;
  assert.equal(kind.description.read(spec), text, 'description: read must give what write has put there');
  const { id, owner, result } = await stage.make({ ...plain, spec, retain: keep });
  assert.ok(!result.unmarked, 'create: the answer or the look after it must show the description with the marker');
  for (const [call, seen] of [
    ['find', await stage.find(spec, id)],
    ['list', await stage.list()],
  ] as const) {
    const description = seen.find((sighting) => sighting.id === id)?.description;
    assert.deepEqual(parseMarker(description), { ...owner, keep }, `${call}: must show the marker as it was written`);
    assert.ok(description?.startsWith(text), `${call}: must show the user's own description before the marker`);
  }
}

async function refusesUnknown(stage: Stage): Promise<void> {
  const { spec, owner } = stage.wanted();
  const wanted = { spec: { ...spec, noSuchFieldOfTheCloud: true }, owner };
  const requests: CloudRequest[] = [];
  const error = await stage.attempt(wanted, undefined, requests).then(
    () => assert.fail('spec: must refuse a field that the cloud does not document (z.strictObject does)'),
    (thrown: unknown) => thrown,
  );
  assert.match(words(error), /^InvalidRequest: noSuchFieldOfTheCloud: /, 'spec: must name the unknown field');
  assert.deepEqual(requests, [], 'create: nothing may be sent for a spec that is refused');
}

async function keepsToEffects(stage: Stage): Promise<void> {
  const { kind } = stage;
  const wanted = stage.wanted();
  const [creating, looking, deleting]: CloudRequest[][] = [[], [], []];
  await stage.attempt(wanted, undefined, creating).catch((error: unknown) => assert.fail(words(error)));
  const creates = creating?.filter(({ effect }) => effect === 'creates').length;
  assert.equal(creates, 1, "create: must send exactly one request with effect 'creates', which asks the fence");
  const spec = stage.whole(wanted.spec);
  const [shown] = await kind.find(stage.noting(looking ?? []), { spec });
  for await (const _ of kind.list(stage.noting(looking ?? [])));
  const harmless = looking?.every(({ effect }) => effect === 'none');
  assert.ok(harmless, "find and list: every request must have effect 'none'");
  assert.ok(shown, 'find: must show the created resource by its name alone');
  await kind.delete(stage.noting(deleting ?? []), shown, spec);
  const effects = deleting?.map(({ effect }) => effect) ?? [];
  assert.ok(!effects.includes('creates'), "delete: no request may have effect 'creates'");
  assert.ok(effects.includes('changes'), "delete: the request that deletes must have effect 'changes'");
}

async function createsOnce(stage: Stage): Promise<void> {
  const wanted = stage.wanted();
  const { id } = await stage.make(wanted);
  // As after a worker that died: sent, answer lost, and long enough ago that nothing more can land.
  const again = await stage
    .retried(wanted, { sent: 'unknown', resent: false, clearAt: Date.now() })
    .catch((error: unknown) => assert.fail(`create twice: the second must take the first's (${words(error)})`));
  const alive = await stage.ours();
  assert.equal(alive.length, 1, `create twice: must end in one resource, not in ${alive.length}; find must show it`);
  assert.equal(again.outputs.id, id, 'create twice: the second must answer with the id of the first');
}

async function showsNoDrift(stage: Stage): Promise<void> {
  const { id, ...wanted } = await stage.make();
  const requests: CloudRequest[] = [];
  const { verdict, differences, compared, why } = await stage.read(wanted, id, { requests });
  const harmless = requests.every(({ effect }) => effect === 'none');
  assert.ok(harmless, "observe: every request must have effect 'none'");
  assert.notEqual(verdict, 'missing', `find: must show what was just created by its id (${why})`);
  assert.notEqual(compared.length, 0, 'observe: must show fields of the spec under the names of the spec');
  const fields = differences.map(({ field }) => field).join(', ');
  assert.equal(verdict, 'same', `observe: must show what was just created as it was planned; otherwise are: ${fields}`);
}

async function leavesOthers(stage: Stage): Promise<void> {
  const first = await stage.make();
  const error = await stage.retried({ spec: first.spec, owner: stage.owner() }).then(
    () =>
      assert.fail("another owner's create of the name must fail; declare duplicates 'possible' if the cloud takes it"),
    (thrown: unknown) => thrown,
  );
  assert.match(words(error), /^AlreadyExists: /, "another owner's create of the name must fail as AlreadyExists");
  assert.deepEqual(idsOf(await stage.find(first.spec)), [first.id], "the first owner's resource must stay as it is");
}

async function deletesNothing(stage: Stage): Promise<void> {
  const deleted = await stage.undo(stage.wanted());
  assert.equal(deleted, 0, 'delete of what never was must delete nothing');
  const { id, ...wanted } = await stage.make();
  const [shown] = (await stage.find(wanted.spec, id)).filter((sighting) => sighting.id === id);
  assert.ok(shown, 'find: must show the created resource');
  await stage.undo(wanted, id);
  const error = await stage.kind.delete(stage.cloud, shown, stage.whole(wanted.spec)).then(
    () => assert.fail('delete of what is gone must throw the ProviderError NotFound, not pass for a delete'),
    (thrown: unknown) => thrown,
  );
  const missing = error instanceof ProviderError && error.facts.type === 'NotFound';
  assert.ok(missing, `delete of what is gone must throw the ProviderError NotFound, not ${words(error)}`);
}

/** The promises that every kind can be held to, in the order of a resource's life. */
export function promises(scopeKeys: readonly string[], pageSize: number): readonly Promised[] {
  return [
    { title: 'what it declares is what the worker can rely on', check: (stage) => declares(stage, scopeKeys) },
    { title: 'a created resource is found and listed, and gone after its delete', check: findsListsAndDeletes },
    { title: 'find and list show every resource over all pages', check: (stage) => showsAllPages(stage, pageSize) },
    { title: 'find shows what has the name or the id, and nothing else', check: findsWhatWasAsked },
    { title: 'name and outputs are those that the kind declares', check: tellsNameAndOutputs },
    { title: "the marker comes back after the user's own text", check: (stage) => marksWhole(stage, ownWords) },
    { title: 'the marker comes back whole at the longest description', check: (stage) => marksWhole(stage, longest) },
    { title: 'an unknown field is refused and nothing is sent', check: refusesUnknown },
    { title: 'only create creates, and with one request', check: keepsToEffects },
    { title: 'a create that is run twice makes one resource', check: createsOnce },
    { title: 'a resource just created shows no drift', check: showsNoDrift },
    { title: "a name that is another owner's is refused, and theirs stays", check: leavesOthers },
    { title: 'a delete of what is missing deletes nothing and says so', check: deletesNothing },
  ];
}

const ownWords = (free: number) => 'of the team'.slice(0, free);
const longest = (free: number) => 'd'.repeat(free);

/** How late a late commit lands: after the first looks for it, and well inside any window. */
const LATE_MS = 1_000;

type Late = (name: string, ms: number) => void | Promise<void>;

/** A create whose answer was lost, and what its attempt leaves for the next and for the undo. */
async function lost(stage: Stage, late: Late) {
  const name = stage.name();
  const wanted = stage.wanted(name);
  const attempt = localAttempt<CreateProgress>(stage);
  await late(name, LATE_MS);
  const error = await stage.attempt(wanted, attempt).then(
    () => assert.fail('late: the create was answered; its answer must be lost and its effect come later'),
    (thrown: unknown) => thrown,
  );
  const { sent, resent = false } = traceOf(error);
  assert.equal(sent, 'unknown', 'late: the create must end without an answer, so that its effect is unknown');
  return { wanted, left: attempt.left(), resent };
}

/** Promises about a create whose answer is lost and whose effect comes later. */
export function latePromises(late: Late): readonly Promised[] {
  return [
    {
      title: 'a create that takes effect late is found and deleted by its undo',
      async check(stage) {
        const { wanted, resent } = await lost(stage, late);
        const deleted = await stage.undoAtOnce(wanted, { resent });
        assert.equal(deleted, 1, 'late commit: the undo must find what landed by name and marker, and delete it');
        assert.deepEqual(await stage.ours(), [], 'late commit: nothing of it may be left');
      },
    },
    {
      title: 'a create that takes effect late is taken over by its retry',
      async check(stage) {
        const { wanted, left } = await lost(stage, late);
        const { outputs, resent } = await stage
          .retried(wanted, left)
          .catch((thrown: unknown) => assert.fail(`late commit: the retry must take what landed (${words(thrown)})`));
        // Where the cloud refuses duplicates, the retry may have been quicker than what was sent before it.
        await sleep(LATE_MS);
        const alive = await stage.ours();
        assert.equal(alive.length, 1, `late commit: must end in one resource, not in ${alive.length}`);
        await stage.undoAtOnce(wanted, { id: outputs.id, resent });
        assert.deepEqual(await stage.ours(), [], 'late commit: the undo must leave nothing of it');
      },
    },
  ];
}
