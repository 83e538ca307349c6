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

const APPROVAL = 'needs approval';
const UNKNOWN = 'nobody knows of, two moves';
const REFUSED = 'a create that was refused';
const NEEDED = 'stands for a step';
const PARKED = 'an undo that is refused, two moves';
const PARKED_BESIDE = 'an undo that is refused, and a mishap';
const LIES_IN = 'lies in something';
const MANAGED = 'a managed plan';

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
      'this.park(step, readReport(error, step).cause);',
      "void error;\n      this.book.move(key, 'deleted');",
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
    ['workflows/create-steps.ts', 'await Promise.all(needs);', 'await Promise.resolve();'],
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
  defect(
    'a plan is created before anybody has approved it',
    [APPROVAL, 'cancel', 0],
    ['workflows/provision.ts', 'if (book.resolved.approval) await', 'if (!book.resolved.approval) await'],
  ),
  {
    name: 'a second word on a plan overrides the first',
    where: [APPROVAL, 'cancel', 0],
    edits: [
      {
        file: 'workflows/book.ts',
        find: 'this.decision ??= decision;\n    this.parkPlan();',
        replace: 'this.decision = decision;',
      },
    ],
  },
  defect(
    'a plan that is rejected after a reset leaves what was made before it',
    [APPROVAL, 'workflow-reset', 1],
    ['workflows/approval.ts', "if (isReset()) return book.stopFor({ by: 'cancel' });", 'isReset();'],
  ),
  defect(
    'skip does not look for what the create may have made',
    [UNKNOWN, 'cancel', 0],
    ['workflows/moves.ts', "if (book.state(key) === 'uncertain' || isReset()) await look(book, key);", ''],
  ),
  defect(
    'adopt does not wait for what its own create may still make',
    [UNKNOWN, 'cancel', 0],
    [
      'workflows/moves.ts',
      "const uncertain = fromNow || book.state(key) === 'uncertain';",
      'const uncertain = fromNow;',
    ],
  ),
  defect(
    'adopt does not look for what its own create made',
    [UNKNOWN, 'cancel', 0],
    [
      'activities/ensure-adoptable.ts',
      "if (made.size > 0) throw refuse(kind, 'AlreadyExists', ownMade(made));",
      'void ownMade(made);',
    ],
  ),
  defect(
    'retry of a create that nobody knows of counts as a first one',
    [UNKNOWN, 'cancel', 0],
    ['workflows/create-steps.ts', "const fresh = book.state(key) !== 'uncertain';", 'const fresh = true;'],
  ),
  defect(
    'retry leaves the step to whoever decides next',
    [REFUSED, 'cancel', 0],
    ['workflows/moves.ts', '      book.resume(key);\n', ''],
  ),
  defect(
    'a step that is decided starts while the plan is being undone',
    [REFUSED, 'cancel', 1],
    ['workflows/moves.ts', 'if (!book.stop) return;\n  const message', 'if (book.steps) return;\n  const message'],
  ),
  {
    name: 'a rollback deletes what an operator adopted',
    where: [NEEDED, 'refusals,cancel', 1],
    edits: [
      {
        file: 'workflows/moves.ts',
        find: 'book.traces[key] = { ...(!adopted && { id }), resent',
        replace: 'book.traces[key] = { id, resent',
      },
      {
        file: 'workflows/undo-steps.ts',
        find: 'if (adopted || (state',
        replace: 'if ((adopted && this.book.step(key).skipped) || (state',
      },
    ],
  },
  defect(
    'an undo and a move decide over one step at once',
    [PARKED, 'cancel', 0],
    [
      'workflows/turns.ts',
      'before === undefined ? work() : before.then(work, work)',
      'before === work ? before.then(work) : work()',
    ],
  ),
  defect(
    'what is kept in an undo is not looked at',
    [PARKED, 'cancel', 0],
    [
      'workflows/moves.ts',
      'const { outputs } = await look(book, key, id);\n  // What is told',
      'const outputs: StepOutputs | undefined = undefined;\n  // What is told',
    ],
  ),
  defect(
    'adopt in an undo believes in what a delete still lands on',
    [MANAGED, 'refusals', 1],
    [
      'workflows/moves.ts',
      "const fromNow = isReset() || book.state(key) === 'deleting';",
      'const fromNow = isReset();',
    ],
  ),
  defect(
    'what lies in something that is to be deleted can be kept',
    [LIES_IN, 'cancel', 1],
    ['workflows/undo-steps.ts', "falls ? ['retry', 'abandon'] :", 'falls && !falls ? [] :'],
  ),
  defect(
    'what was abandoned is not told at the end',
    [PARKED, 'cancel', 0],
    ['workflows/closing.ts', 'if (abandoned.length > 0) throw', 'if (abandoned.length > 99) throw'],
  ),
  defect(
    "a cancel takes an operator's question from the cloud",
    [REFUSED, 'cancel', 1],
    [
      'workflows/desk.ts',
      'return CancellationScope.nonCancellable(async () => {',
      'return CancellationScope.cancellable(async () => {',
    ],
  ),
  defect(
    'a run ends before a move is answered',
    [REFUSED, 'cancel', 1],
    ['workflows/provision.ts', '  await desk.close();\n', ''],
  ),
  defect(
    'a run continues as new before a move is answered',
    [PARKED_BESIDE, 'continue-as-new', 1],
    [
      'workflows/undo-steps.ts',
      'this.inFlight === 0 && allHandlersFinished()',
      'this.inFlight === 0 && (allHandlersFinished() || true)',
    ],
  ),
  defect(
    'a run that continues as new forgets the moves',
    [PARKED_BESIDE, 'continue-as-new', 1],
    ['workflows/book.ts', '    this.moves = carried.ledger.moves;\n', ''],
  ),
  defect(
    'a plan that is given up is still called Provisioned',
    [MANAGED, 'cancel', 0],
    [
      'workflows/closing.ts',
      "book.close(deprovisioned ? 'Deprovisioned' : 'Cancelled');",
      "book.close(deprovisioned ? 'Provisioned' : 'Cancelled');",
    ],
  ),
];
