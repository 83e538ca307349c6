/**
 * Billable actions of Temporal Cloud, counted from a run's history by its own table (docs.temporal.io/evaluate/cloud/actions).
 * Heartbeats and queries stand in no history: what is known of the former, the fence of each create and delete, is told apart.
 */
import proto, { type temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/** Named as Temporal Cloud's usage names them. */
export interface Actions {
  readonly start_workflow: number;
  readonly schedule_activity: number;
  /** Attempts after the first. An activity that is under way has not told its attempts yet. */
  readonly retry_activity: number;
  /** All markers of one workflow task are one action: local activities, patches. */
  readonly record_activity_markers: number;
  readonly retry_activity_local: number;
  readonly start_timer: number;
  readonly signal_workflow: number;
  readonly update_workflow: number;
  readonly upsert_workflow_search_attributes: number;
  readonly update_workflow_options: number;
  readonly start_child_workflow: number;
  readonly schedule_nexus_operation: number;
  readonly reset_workflow: number;
}

/** A child's start is counted once here and once as the start of the child's own history. */
export function countActions(events: readonly Event[]): Actions {
  const count = (has: (event: Event) => unknown) => events.filter(has).length;
  const sum = (of: (event: Event) => number) => events.reduce((all, event) => all + of(event), 0);
  const markers = events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker ? [String(marker.workflowTaskCompletedEventId)] : [],
  );
  return {
    start_workflow: count((event) => event.workflowExecutionStartedEventAttributes),
    schedule_activity: count((event) => event.activityTaskScheduledEventAttributes),
    retry_activity: sum(({ activityTaskStartedEventAttributes: started }) => (started?.attempt ?? 1) - 1),
    record_activity_markers: new Set(markers).size,
    retry_activity_local: sum(
      ({ workflowTaskCompletedEventAttributes: task }) =>
        task?.meteringMetadata?.nonfirstLocalActivityExecutionAttempts ?? 0,
    ),
    start_timer: count((event) => event.timerStartedEventAttributes),
    signal_workflow: count((event) => event.workflowExecutionSignaledEventAttributes),
    update_workflow: count((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
    upsert_workflow_search_attributes: count((event) => event.upsertWorkflowSearchAttributesEventAttributes),
    update_workflow_options: count((event) => event.workflowExecutionOptionsUpdatedEventAttributes),
    start_child_workflow: count((event) => event.startChildWorkflowExecutionInitiatedEventAttributes),
    schedule_nexus_operation: count((event) => event.nexusOperationScheduledEventAttributes),
    reset_workflow: count(isReset),
  };
}

function isReset({ workflowTaskFailedEventAttributes: failed }: Event): boolean {
  return (
    failed?.cause === proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
  );
}

/**
 * Requests that ask the server, before each create and delete is sent, whether its attempt still counts: the least number of
 * heartbeats, each an action. An activity that goes on for long adds one every five seconds at most.
 */
export function fences(events: readonly Event[]): number {
  const mutating = new Set(
    events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
      /\.(create|delete)$/.test(scheduled?.activityType?.name ?? '') ? [String(eventId)] : [],
    ),
  );
  return events.reduce((all, { activityTaskStartedEventAttributes: started }) => {
    return all + (mutating.has(String(started?.scheduledEventId)) ? (started?.attempt ?? 1) : 0);
  }, 0);
}

/** All of them, fences included. */
export function totalActions(events: readonly Event[]): number {
  return Object.values(countActions(events)).reduce((all, count) => all + count, fences(events));
}
