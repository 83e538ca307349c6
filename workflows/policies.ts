/** Every number of the workflow, each with its reason. Numbers of a cloud stand beside its kinds. */
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** Reads no network; three tries cover a worker that stops in the middle. Bounded by attempts, since a local activity's schedule-to-close does not stop its retries. */
export const RESOLVE: LocalActivityOptions = {
  startToCloseTimeout: '10 s',
  retry: { maximumAttempts: 3 },
};

/** Reads a plan's history at the Temporal server: up to a few thousand events, and a query that nobody may answer. */
export const READ_OWNER: LocalActivityOptions = {
  startToCloseTimeout: '60 s',
  retry: { maximumAttempts: 5 },
};

/** Common to all: a cancel waits for the answer of what is under way, whatever the SDK's default may be. */
const PROVIDER_CALL = {
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // A crashed worker is noticed after this; longer than the 20 s deadline of one request, so a slow cloud is not a crash.
  heartbeatTimeout: '30 s',
} as const;

/**
 * How long a step may wait for a worker. At least a few minutes, so that a worker can restart; and longer the more steps
 * there are, since they wait for each other: three a minute is the slowest limit's pace at several requests a step.
 */
function waitForWorker(minutes: number, steps: number): number {
  return (minutes + Math.ceil(steps / 3)) * 60_000;
}

export function createOptions(steps: number): ActivityOptions {
  return {
    ...PROVIDER_CALL,
    // One attempt sends, reads and waits until ready; the slowest documented wait (a DataWorks project) is minutes.
    startToCloseTimeout: '1 h',
    // A cloud that is down for a working day is waited for; a longer one is the caller's to decide.
    scheduleToCloseTimeout: '24 h',
    scheduleToStartTimeout: waitForWorker(15, steps),
    // From quick to once a minute: slower than any documented per-minute limit notices, quick enough for a person.
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' },
    // Behind undos (1), beside nothing else.
    priority: { priorityKey: 3 },
  };
}

export function deleteOptions(steps: number): ActivityOptions {
  return {
    ...PROVIDER_CALL,
    startToCloseTimeout: '1 h',
    // Without a worker the undo parks, says so, and tries again by itself.
    scheduleToStartTimeout: waitForWorker(5, steps),
    // About two minutes of tries, then the step parks, so that a person sees it; it goes on trying from there.
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s', maximumAttempts: 8 },
    // What must go, goes before what may come.
    priority: { priorityKey: 1 },
  };
}

/** An operator waits for the answer: a few tries, and within the hour that a late-commit window may take. */
export function adoptOptions(steps: number): ActivityOptions {
  return {
    ...PROVIDER_CALL,
    startToCloseTimeout: '1 h',
    scheduleToStartTimeout: waitForWorker(5, steps),
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '10 s', maximumAttempts: 4 },
    priority: { priorityKey: 1 },
  };
}

/** A look at what is owned is in nobody's way; the next one comes by itself. */
export function readOptions(steps: number): ActivityOptions {
  return {
    ...PROVIDER_CALL,
    startToCloseTimeout: '10 min',
    scheduleToStartTimeout: waitForWorker(5, steps),
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '10 s', maximumAttempts: 3 },
    priority: { priorityKey: 5 },
  };
}

/** A managed plan's run continues as new after so many looks: a plan of 20 steps stays near 10,000 events. */
export const LOOKS_A_RUN = 80;

/** Of each step in a managed plan's ledger: 200 steps that all differ stay below half of Temporal's 2 MB payload limit. */
export const DIFFERENCES_KEPT = 5;

/** One page of a sweep: what it names is bounded, and behind it the sweep goes on in a new run. */
export const SWEEP = {
  /** Targets of one page: with their rooms below, some 700 deletions of six events each, far from the server's 50,000. */
  targets: 64,
  /** Orphans that a page names, over all of its targets, and at least of each of them. */
  orphans: 500,
  orphansOfTarget: 10,
  /** Owners whose orphans are deleted at once: each connection has its own limit besides. */
  ownersAtOnce: 8,
  /** In the report, which is carried along and stays far below the 2 MB of a payload. The counts go on. */
  listed: 500,
} as const;

/** A sweep is in nobody's way: behind undos (1) and creates (3). */
const SWEEP_CALL = { ...PROVIDER_CALL, priority: { priorityKey: 5 } } as const;

export function sweepListOptions(): ActivityOptions {
  return {
    ...SWEEP_CALL,
    // The slowest documented limit (20 requests a minute) lists 100,000 resources in that time, more than any kind looks through.
    startToCloseTimeout: '1 h',
    // Longer than a worker's restart; then the report says that nothing is known of this connection.
    scheduleToStartTimeout: waitForWorker(10, 0),
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s', maximumAttempts: 5 },
  };
}

/** Somebody waits for it, and it lists like a sweep. */
export function discoverOptions(): ActivityOptions {
  return { ...sweepListOptions(), priority: { priorityKey: 3 } };
}

export function sweepDeleteOptions(): ActivityOptions {
  return {
    ...SWEEP_CALL,
    startToCloseTimeout: '1 h',
    scheduleToStartTimeout: waitForWorker(10, SWEEP.orphans),
    // The next sweep tries again anyway.
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s', maximumAttempts: 4 },
  };
}

/** A parked undo tries again after 1 min, then twice as long each time, up to 1 h: a permission is often back by then. */
export function parkedFor(failedUndos: number): number {
  const minute = 60_000;
  return Math.min(60 * minute, minute * 2 ** Math.min(failedUndos - 1, 6));
}

/**
 * Updates that only wait for a step, at once. A run takes ten updates at a time unless its server is configured otherwise, a
 * wait may last as long as an operator takes, and it is an update that ends it: most of the room is for moves.
 */
export const MAX_WAITERS = 4;

/** A wait without a timer is invisible in the Temporal UI; this one shows a bar with words. */
export const PAUSE_TICK = '30 days';

/** Of the steps that wait, as many are told with JSON to paste: current details are written with every change. */
export const MAX_PASTED = 3;

/** Room in a failure message before the UI cuts it. */
export const MAX_MESSAGE = 180;

/** The Temporal UI cuts activity summaries near this length. */
export const MAX_SUMMARY = 30;
