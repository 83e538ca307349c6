/**
 * The sweep: list what carries a marker, page by page; judged orphans are deleted, dependents first, or only reported.
 * It decides nothing about ownership itself: the activities do, beside the clouds and the server.
 */
import {
  type ActivityOptions,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { activityType, MEMO, RESOLVE_SWEEP } from '../contract/names.js';
import type {
  CarriedSweep,
  Orphan,
  SweepDeleteInput,
  SweepDeleteResult,
  SweepOutcome,
  SweepPage,
  SweepPageInput,
  SweepReport,
  SweepRequest,
  SweepResolution,
} from '../contract/sweep.js';
import { causeOf } from './activity-report.js';
import { MAX_SUMMARY, RESOLVE, SWEEP, sweepDeleteOptions, sweepListOptions } from './policies.js';
import { SweepBook } from './sweep-book.js';

/**
 * Reports what closed workflows left behind, and with `delete` deletes it.
 *
 * @throws ApplicationFailure `InvalidRequest`, with every problem in `details[0]`. After a cancel it closes as Cancelled,
 *   with the report so far in the memo; a deletion under way is finished first.
 */
export async function sweepOrphans(request: SweepRequest = {}, carried?: CarriedSweep): Promise<SweepReport> {
  // The starter's own words are believed only as a request: what was found and done is handed on by a run before.
  const believed = carried && workflowInfo().continuedFromExecutionRunId ? carried : undefined;
  const book = believed ? new SweepBook(believed.sweep, believed) : await open(request);
  try {
    await sweepOnePage(book);
  } catch (error) {
    if (isCancellation(error)) upsertMemo({ [MEMO.report]: book.now() });
    throw error;
  }
  if (book.open().length === 0) return book.end();
  return await continueAsNew<typeof sweepOrphans>(request, book.carry());
}

async function open(request: SweepRequest): Promise<SweepBook> {
  type Local = Record<string, (request: SweepRequest) => Promise<SweepResolution>>;
  const resolve = proxyLocalActivities<Local>(RESOLVE)[RESOLVE_SWEEP] as Local[string];
  const resolution = await resolve(request ?? {});
  if ('sweep' in resolution) return new SweepBook(resolution.sweep);
  const [first] = resolution.problems;
  const message = `Nothing was swept: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}`;
  throw ApplicationFailure.create({
    type: 'InvalidRequest',
    message,
    nonRetryable: true,
    details: [resolution.problems],
  });
}

/** Everything is listed before anything is deleted: what needs what goes across kinds and connections. */
async function sweepOnePage(book: SweepBook): Promise<void> {
  const run = CancellationScope.current();
  const targets = book.open();
  const room = book.room(targets.length);
  const orphans: Orphan[] = [];
  await Promise.all(
    targets.map(async (index) => {
      try {
        orphans.push(...book.listed(index, await list(book, index, room)));
      } catch (error) {
        if (isCancellation(error)) throw error;
        book.problem(index, causeOf(error, book.target(index)).message);
      }
    }),
  );
  if (book.sweep.delete) await deleteAll(book, orphans, () => run.consideredCancelled);
  // A cancel is not carried over by continue-as-new.
  if (run.consideredCancelled) await run.cancelRequested;
}

function list(book: SweepBook, index: number, room: SweepPageInput['room']): Promise<SweepPage> {
  const { connection, kind, taskQueue } = book.target(index);
  const { graceMs, fingerprint, delete: deletes } = book.sweep;
  const after = book.positions[index];
  return call<SweepPageInput, SweepPage>(
    activityType(kind, 'list'),
    { connection, graceMs, delete: deletes, room, fingerprint, ...(after && { after }) },
    {
      ...sweepListOptions(),
      taskQueue,
      activityId: `${connection} ${kind}`,
      summary: connection.slice(0, MAX_SUMMARY),
    },
  );
}

/** Owner by owner, several at once. A cancel is heard between two deletions: one under way is finished, and recorded. */
async function deleteAll(book: SweepBook, orphans: readonly Orphan[], cancelled: () => boolean): Promise<void> {
  const owners = [...byOwner(orphans).values()];
  await CancellationScope.nonCancellable(async () => {
    await Promise.all(
      Array.from({ length: SWEEP.ownersAtOnce }, async () => {
        for (let owned = owners.shift(); owned; owned = owners.shift()) await deleteOwned(book, owned, cancelled);
      }),
    );
  });
}

function byOwner(orphans: readonly Orphan[]): ReadonlyMap<string, readonly Orphan[]> {
  const owners = new Map<string, Orphan[]>();
  for (const orphan of orphans) {
    const key = `${orphan.owner.runId} ${orphan.owner.workflowId}`;
    const owned = owners.get(key);
    if (owned) owned.push(orphan);
    else owners.set(key, [orphan]);
  }
  return owners;
}

/** What needs others goes first; where it stays, they stay. */
async function deleteOwned(book: SweepBook, owned: readonly Orphan[], cancelled: () => boolean): Promise<void> {
  let stays = Number.NEGATIVE_INFINITY;
  for (const orphan of [...owned].sort((a, b) => b.rank - a.rank)) {
    if (cancelled()) return;
    const outcome: SweepOutcome =
      orphan.rank < stays ? { result: 'left', why: 'what needs it is still there' } : await deleteOne(book, orphan);
    book.acted(orphan, outcome);
    if (outcome.result === 'left' || outcome.result === 'failed') stays = orphan.rank;
  }
}

async function deleteOne(book: SweepBook, orphan: Orphan): Promise<SweepOutcome> {
  const { connection, kind, id, name } = orphan;
  const target = book.targetOf(orphan);
  try {
    return await call<SweepDeleteInput, SweepDeleteResult>(
      activityType(kind, 'sweep'),
      { orphan, fingerprint: book.sweep.fingerprint },
      {
        ...sweepDeleteOptions(),
        taskQueue: target.taskQueue,
        activityId: `${connection} ${kind} ${id}`,
        summary: name.slice(0, MAX_SUMMARY),
      },
    );
  } catch (error) {
    return { result: 'failed', cause: causeOf(error, target) };
  }
}

function call<Input, Result>(type: string, input: Input, options: ActivityOptions): Promise<Result> {
  const activities = proxyActivities<Record<string, (input: Input) => Promise<Result>>>(options);
  const run = activities[type] as (input: Input) => Promise<Result>;
  return run(input);
}
