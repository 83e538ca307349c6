/** Deliberate defects, each a small patch: mistakes that sagas of this sort make, and that the explorer must catch. */

export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The scenario (a part of its name), what goes wrong in it and how often: where the defect can show, and soon. */
export type Where = readonly [scenario: string, wrong: string, adversities: number];

export interface Defect {
  readonly name: string;
  readonly where: Where;
  readonly edits: readonly Edit[];
}

const ACCEPTS = 'one step on a cloud that accepts duplicates';
const REFUSES = 'one step on a cloud that refuses duplicates';
const REFERS = 'the second refers to the first';
const RETAINED = 'one retained step';
const STRANGER = 'beside a stranger';
const EARLIER = 'an earlier run of the plan';
const BESIDE = 'side by side';
const DIAMOND = 'a diamond';

const CREATED = 'activities/ensure-created.ts';
const DECISIONS = 'activities/decisions.ts';

function defect(name: string, where: Where, [file, find, replace]: readonly [string, string, string]): Defect {
  return { name, where, edits: [{ file, find, replace }] };
}

export const DEFECTS: readonly Defect[] = [
  defect(
    'the undo is armed only by a create that succeeded',
    [ACCEPTS, 'requests', 1],
    [
      'workflows/create-steps.ts',
      "book.move(key, sent === 'never' || sent === 'refused' ? 'refused' : 'uncertain', facts);",
      "book.move(key, 'refused', facts);",
    ],
  ),
  defect(
    'a cancelled create is not waited for',
    [ACCEPTS, 'cancel', 1],
    ['workflows/policies.ts', "cancellationType: 'WAIT_CANCELLATION_COMPLETED'", "cancellationType: 'TRY_CANCEL'"],
  ),
  defect(
    'the undo runs in the cancelled scope',
    [ACCEPTS, 'cancel', 1],
    [
      'workflows/undo-steps.ts',
      'await CancellationScope.nonCancellable(async () => {',
      'await CancellationScope.cancellable(async () => {',
    ],
  ),
  defect(
    'a failed undo is swallowed',
    [ACCEPTS, 'requests,cancel', 2],
    [
      'workflows/undo-steps.ts',
      'const { cause } = readReport(error, step);',
      "return this.book.move(key, 'deleted');\n      const { cause } = readReport(error, step);",
    ],
  ),
  defect(
    'a failure without our details counts as refused',
    [ACCEPTS, 'lost-attempts', 1],
    ['workflows/activity-report.ts', "sent: believed?.sent ?? 'unknown',", "sent: believed?.sent ?? 'refused',"],
  ),
  defect(
    'a refused create counts as unknown',
    [ACCEPTS, 'requests', 1],
    ['workflows/create-steps.ts', "sent === 'never' || sent === 'refused' ? 'refused'", "sent === 'never' ? 'refused'"],
  ),
  defect(
    'what a parent holds is deleted after it',
    [REFERS, 'cancel', 1],
    ['workflows/undo-steps.ts', 'Promise.all(gone).then(() => this.undo(step)),', 'this.undo(step),'],
  ),
  defect(
    'a step is created before what it needs is live',
    [DIAMOND, 'requests', 1],
    ['workflows/create-steps.ts', 'await Promise.all(needs);', 'void needs;'],
  ),
  defect(
    'a cancel after the last create is forgotten',
    [ACCEPTS, 'cancel', 1],
    [
      'workflows/provision.ts',
      "run.cancelRequested.catch(() => book.stopFor({ by: 'cancel' }));",
      'run.cancelRequested.catch(() => undefined);',
    ],
  ),
  defect(
    'a run that was reset believes its history',
    [ACCEPTS, 'requests,workflow-reset', 2],
    [
      'workflows/reset.ts',
      'return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);',
      'return false && runId === originalExecutionRunId && unsafe.isReplaying && patched(RESET);',
    ],
  ),
  defect(
    'a reset is told without a marker in the history',
    [ACCEPTS, 'requests,workflow-reset', 1],
    [
      'workflows/reset.ts',
      'return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(RESET);',
      'return unsafe.isReplaying || (runId !== originalExecutionRunId && patched(RESET));',
    ],
  ),
  defect(
    'what is to be retained is called kept without a look',
    [RETAINED, 'requests', 1],
    [
      'workflows/undo-steps.ts',
      "if (there.found) return this.book.move(key, 'kept', { id: there.outputs.id });",
      "if (there.found || step.retain) return this.book.move(key, 'kept');",
    ],
  ),
  defect(
    'a retry does not look first',
    [ACCEPTS, 'requests', 1],
    [
      CREATED,
      "if (kind.duplicates === 'refused' && really) return undefined;",
      'if (kind && really !== undefined) return undefined;',
    ],
  ),
  defect(
    'only the last attempt tells what was sent',
    [REFUSES, 'requests', 2],
    [DECISIONS, 'return SEVERITY[a] >= SEVERITY[b] ? a : b;', 'return SEVERITY[b] >= 0 ? b : a;'],
  ),
  defect(
    'attempt 1 is taken for the first attempt',
    [ACCEPTS, 'requests,activity-reset', 2],
    [
      DECISIONS,
      'return number === 1 && scheduledAt === firstScheduledAt && details === undefined;',
      'return number === 1;',
    ],
  ),
  defect(
    'a create that another run scheduled is taken for a first one',
    [BESIDE, 'requests,workflow-reset', 2],
    [DECISIONS, 'return input.originalRun && input.scheduledBy === runId;', 'return input.originalRun;'],
  ),
  defect(
    'a duplicate that no list shows counts as refused',
    [REFUSES, 'requests,stale-lists', 3],
    [
      CREATED,
      "this.note({ ...earlier, sent: 'unknown' });",
      "this.note({ ...earlier, sent: 'refused' });\n    if (settled || !settled) throw error;",
    ],
  ),
  defect(
    'a create does not wait until an earlier one cannot land any more',
    [ACCEPTS, 'requests', 1],
    [
      DECISIONS,
      'const untilClear = Math.max(0, (progress.clearAt ?? 0) - now);',
      'const untilClear = Math.min(0, now);',
    ],
  ),
  defect(
    'an undo believes an absence at once',
    [ACCEPTS, 'requests', 1],
    [DECISIONS, 'return Math.max(0, createEndedAt + SEND_WINDOW_MS + windowMs - now);', 'return 0;'],
  ),
  defect(
    'an undo that saw one resource believes that there was one',
    [REFUSES, 'requests,cancel', 2],
    [DECISIONS, 'if (progress.seen && !resent) return 0;', 'if (progress.seen) return 0;'],
  ),
  defect(
    'a create is sent without asking whether its attempt still counts',
    [ACCEPTS, 'lost-attempts', 2],
    [
      CREATED,
      'const pass = await (early ?? this.fence(earlier));',
      'void early;\n      const pass = { sendBefore: Number.POSITIVE_INFINITY };',
    ],
  ),
  defect(
    'a delete is sent without asking whether its attempt still counts',
    [ACCEPTS, 'cancel,lost-attempts', 2],
    [
      'activities/ensure-deleted.ts',
      'this.cloud = task.openCloud({ beforeChange: () => attempt.fence(this.progress) });',
      'this.cloud = task.openCloud({});',
    ],
  ),
  defect(
    'an earlier run of the same plan counts as the owner',
    [EARLIER, 'requests', 1],
    ['contract/marker.ts', 'a.step === b.step && a.runId === b.runId;', 'a.step === b.step;'],
  ),
  defect(
    'what has the name and no marker counts as ours',
    [STRANGER, 'requests', 1],
    [
      'activities/ownership.ts',
      'return marker ? sameOwner(marker, owner) : ownId !== undefined && id === ownId;',
      'return marker ? sameOwner(marker, owner) : ownId !== id || id === ownId;',
    ],
  ),
  defect(
    'a reset run believes in what a delete still lands on',
    [ACCEPTS, 'requests,workflow-reset', 3],
    [
      'activities/ensure-verified.ts',
      'const settled = attempt.now() >= clearAt;',
      'const settled = attempt.now() >= 0;',
    ],
  ),
  {
    where: [BESIDE, 'requests,slow-clouds', 2],
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
