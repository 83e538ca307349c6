/** What crosses between a workflow and its server in the explorer, as plain JSON: it is hashed, compared and kept. */
import type { Json } from '../../contract/plan.js';

export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  /** Other than `runId` in a run that was reset. */
  readonly originalRunId: string;
  readonly continuedFrom?: string;
  /** Default: `provision`. */
  readonly workflowType?: string;
  /** What the starter set that ends a run, or starts it anew. */
  readonly limits?: {
    readonly executionTimeoutMs?: number;
    readonly runTimeoutMs?: number;
    readonly cronSchedule?: string;
    readonly retryPolicy?: { readonly maximumAttempts: number };
  };
}

/** Why an activity ended otherwise than with a result. */
export type FailureFacts =
  | {
      readonly is: 'application';
      readonly type: string;
      readonly message: string;
      readonly nonRetryable: boolean;
      readonly details: readonly Json[];
    }
  | { readonly is: 'cancelled'; readonly details: readonly Json[] }
  /** `code` is the protocol's: 1 start-to-close, 2 schedule-to-start, 3 schedule-to-close, 4 heartbeat. */
  | { readonly is: 'timeout'; readonly code: 1 | 2 | 3 | 4 };

export type ActivityResolution = { readonly completed: Json } | { readonly failed: FailureFacts };

export type Job =
  | { readonly what: 'start'; readonly args: readonly Json[] }
  | { readonly what: 'patch'; readonly id: string }
  | { readonly what: 'timer'; readonly seq: number }
  | { readonly what: 'cancel' }
  /** `known`: of a replay, where an update was accepted before and is not asked about again. */
  | {
      readonly what: 'update';
      readonly id: string;
      readonly name: string;
      readonly args: readonly Json[];
      readonly known?: boolean;
    }
  | {
      readonly what: 'resolved';
      readonly seq: number;
      readonly local: boolean;
      readonly result: ActivityResolution;
    };

export interface Activation {
  /** Server time, in ms. */
  readonly at: number;
  readonly replaying: boolean;
  readonly continueAsNewSuggested: boolean;
  readonly jobs: readonly Job[];
  /** Of a replay: what the SDK had switched on when this was first run, as the history tells it. */
  readonly flags?: readonly number[];
}

export interface Completion {
  readonly commands: readonly Command[];
  readonly flags: readonly number[];
}

export interface ClosingFailure {
  readonly type: string;
  readonly message: string;
  readonly details: readonly Json[];
  readonly nonRetryable: boolean;
  readonly stackTrace: string;
  readonly cause?: ClosingFailure;
}

export type Command =
  | {
      readonly do: 'activity';
      readonly seq: number;
      readonly id: string;
      readonly type: string;
      readonly taskQueue: string;
      readonly args: readonly Json[];
      readonly summary: string;
      readonly onCancel: 'try' | 'wait' | 'abandon';
      /** 0: no limit. */
      readonly maximumAttempts: number;
      readonly firstRetryMs: number;
    }
  | { readonly do: 'local'; readonly seq: number; readonly type: string; readonly args: readonly Json[] }
  | { readonly do: 'cancel-activity'; readonly seq: number }
  | { readonly do: 'timer'; readonly seq: number; readonly ms: number; readonly summary: string }
  | { readonly do: 'cancel-timer'; readonly seq: number }
  | { readonly do: 'patch'; readonly id: string }
  | { readonly do: 'memo'; readonly fields: { readonly [key: string]: Json } }
  | { readonly do: 'attributes'; readonly fields: { readonly [name: string]: Json } }
  | {
      readonly do: 'child';
      readonly type: string;
      readonly workflowId: string;
      readonly taskQueue: string;
      readonly args: readonly Json[];
      readonly onParentClose: 'terminate' | 'abandon' | 'cancel';
      readonly onCancel: 'abandon' | 'try' | 'wait' | 'requested';
      readonly summary: string;
    }
  | { readonly do: 'complete'; readonly result: Json }
  | ({ readonly do: 'fail' } & ClosingFailure)
  | { readonly do: 'cancelled' }
  | { readonly do: 'update'; readonly id: string; readonly is: 'accepted' }
  | { readonly do: 'update'; readonly id: string; readonly is: 'rejected'; readonly failure: ClosingFailure }
  | { readonly do: 'update'; readonly id: string; readonly is: 'completed'; readonly result: Json }
  | { readonly do: 'continue'; readonly args: readonly Json[] };
