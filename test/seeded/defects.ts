/** Deliberate defects, each a small patch: mistakes that sagas of this sort make, and that the explorer must catch. */

export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Defect {
  readonly name: string;
  /** The scenario that is explored, a part of its name: where the defect can show, and soon. */
  readonly where: string;
  readonly edits: readonly Edit[];
}

const ACCEPTS = 'one step on a cloud that accepts duplicates';
const REFUSES = 'one step on a cloud that refuses duplicates';
const REFERS = 'the second refers to the first';
const RETAINED = 'one retained step';
const STRANGER = 'beside a stranger';
const EARLIER = 'an earlier run of the plan';
const DIAMOND = 'a diamond';

const CREATED = 'activities/ensure-created.ts';
const DECISIONS = 'activities/decisions.ts';

function defect(name: string, where: string, [file, find, replace]: readonly [string, string, string]): Defect {
  return { name, where, edits: [{ file, find, replace }] };
}

export const DEFECTS: readonly Defect[] = [
  defect('the undo is armed only by a create that succeeded', ACCEPTS, [
    'workflows/create-steps.ts',
    "book.move(key, sent === 'never' || sent === 'refused' ? 'refused' : 'uncertain', facts);",
    "book.move(key, 'refused', facts);",
  ]),
  defect('a cancelled create is not waited for', ACCEPTS, [
    'workflows/policies.ts',
    "cancellationType: 'WAIT_CANCELLATION_COMPLETED'",
    "cancellationType: 'TRY_CANCEL'",
  ]),
  defect('the undo runs in the cancelled scope', ACCEPTS, [
    'workflows/undo-steps.ts',
    'await CancellationScope.nonCancellable(async () => {',
    'await CancellationScope.cancellable(async () => {',
  ]),
  defect('a failed undo is swallowed', ACCEPTS, [
    'workflows/undo-steps.ts',
    'const { cause } = readReport(error, step);',
    "return this.book.move(key, 'deleted');\n      const { cause } = readReport(error, step);",
  ]),
  defect('a failure without our details counts as refused', ACCEPTS, [
    'workflows/activity-report.ts',
    "sent: believed?.sent ?? 'unknown',",
    "sent: believed?.sent ?? 'refused',",
  ]),
  defect('a refused create counts as unknown', ACCEPTS, [
    'workflows/create-steps.ts',
    "sent === 'never' || sent === 'refused' ? 'refused'",
    "sent === 'never' ? 'refused'",
  ]),
  defect('what a parent holds is deleted after it', REFERS, [
    'workflows/undo-steps.ts',
    'Promise.all(gone).then(() => this.undo(step)),',
    'this.undo(step),',
  ]),
  defect('a step is created before what it needs is live', DIAMOND, [
    'workflows/create-steps.ts',
    'const ready = (await Promise.all(needs)).every((live) => live === true);',
    'const ready = true;',
  ]),
  defect('a cancel after the last create is forgotten', ACCEPTS, [
    'workflows/provision.ts',
    "run.cancelRequested.catch(() => book.stopFor({ by: 'cancel' }));",
    'run.cancelRequested.catch(() => undefined);',
  ]),
  defect('a run that was reset believes its history', ACCEPTS, [
    'workflows/reset.ts',
    'return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);',
    'return false && runId === originalExecutionRunId && unsafe.isReplaying && patched(RESET);',
  ]),
  defect('a reset is told without a marker in the history', ACCEPTS, [
    'workflows/reset.ts',
    'return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);',
    'return unsafe.isReplaying || (runId !== originalExecutionRunId && patched(RESET));',
  ]),
  defect('a continued undo forgets what the creates left', ACCEPTS, [
    'workflows/undo-steps.ts',
    'outputs, traces, failedUndos, stop, reset };',
    "outputs, traces: {}, failedUndos, stop: { by: 'cancel' }, reset };",
  ]),
  defect('what is to be retained is called kept without a look', RETAINED, [
    'workflows/undo-steps.ts',
    "if (there.found) return this.book.move(key, 'kept', { id: there.outputs.id });",
    "if (there.found || step.retain) return this.book.move(key, 'kept');",
  ]),
  defect('a retry does not look first', ACCEPTS, [
    CREATED,
    "if (kind.duplicates === 'refused' && really) return undefined;",
    'if (kind && really !== undefined) return undefined;',
  ]),
  defect('only the last attempt tells what was sent', ACCEPTS, [
    DECISIONS,
    'return SEVERITY[a] >= SEVERITY[b] ? a : b;',
    'return SEVERITY[b] >= 0 ? b : a;',
  ]),
  defect('attempt 1 is taken for the first attempt', ACCEPTS, [
    DECISIONS,
    'return number === 1 && scheduledAt === firstScheduledAt && details === undefined;',
    'return number === 1;',
  ]),
  defect('a create that another run scheduled is taken for a first one', ACCEPTS, [
    DECISIONS,
    'return input.originalRun && input.scheduledBy === runId;',
    'return input.originalRun;',
  ]),
  defect('a duplicate that no list shows counts as refused', REFUSES, [
    CREATED,
    "this.note({ ...earlier, sent: 'unknown' });",
    "this.note({ ...earlier, sent: 'refused' });\n    if (settled || !settled) throw error;",
  ]),
  defect('a create does not wait until an earlier one cannot land any more', ACCEPTS, [
    DECISIONS,
    'const untilClear = Math.max(0, (progress.clearAt ?? 0) - now);',
    'const untilClear = Math.min(0, now);',
  ]),
  defect('an undo believes an absence at once', ACCEPTS, [
    DECISIONS,
    'return Math.max(0, createEndedAt + SEND_WINDOW_MS + windowMs - now);',
    'return 0;',
  ]),
  defect('an undo that saw one resource believes that there was one', REFUSES, [
    DECISIONS,
    'if (progress.seen && !resent) return 0;',
    'if (progress.seen) return 0;',
  ]),
  defect('a create is sent without asking whether its attempt still counts', ACCEPTS, [
    CREATED,
    'const pass = await (early ?? this.fence(earlier));',
    'void early;\n      const pass = { sendBefore: Number.POSITIVE_INFINITY };',
  ]),
  defect('further resources of ours are left where one is taken', ACCEPTS, [
    CREATED,
    'for (const further of extra) {',
    'for (const further of extra.slice(extra.length)) {',
  ]),
  defect('an earlier run of the same plan counts as the owner', EARLIER, [
    'contract/marker.ts',
    'a.step === b.step && a.runId === b.runId;',
    'a.step === b.step;',
  ]),
  defect('what has the name and no marker counts as ours', STRANGER, [
    'activities/ownership.ts',
    'return marker ? sameOwner(marker, owner) : ownId !== undefined && id === ownId;',
    'return marker ? sameOwner(marker, owner) : ownId !== id || id === ownId;',
  ]),
  defect('a reset run believes in what a delete still lands on', ACCEPTS, [
    'activities/ensure-verified.ts',
    'const settled = attempt.now() >= clearAt;',
    'const settled = attempt.now() >= 0;',
  ]),
  {
    where: 'side by side',
    name: 'a look-up joins one that began before it',
    edits: [
      {
        file: 'activities/http/shared-look-ups.ts',
        find: 'batch.length > 0; batch = this.#next.get(key) ?? []) {',
        replace: 'batch.length > 0; batch = []) {',
      },
      {
        file: 'activities/http/shared-look-ups.ts',
        find: 'this.#next.set(key, []);',
        replace: 'this.#next.set(key, batch);',
      },
    ],
  },
];
