#!/usr/bin/env bash
# Starts a plan over Temporal's HTTP API, follows its ledger, cancels it when told to, and tells how it ended.
# Usage: provision.sh [--cancel-after-step STEP] PLAN.json        Needs curl and jq. Exit code 0: provisioned.
set -euo pipefail

cancel_after=''
if [ "$1" = --cancel-after-step ]; then
  cancel_after=$2
  shift 2
fi
plan=$1
namespace="${TEMPORAL_HTTP_ADDRESS:-http://127.0.0.1:7243}/api/v1/namespaces/${TEMPORAL_NAMESPACE:-default}"
workflow="$namespace/workflows/provision-$(jq -r .name "$plan")"

call() { curl -sS -X "$1" "$2" -H 'content-type: application/json' -d "${3:-}"; }

# The plan goes as the bytes that it is: written plainly, the API would make null of every empty list in it.
jq -n --rawfile plan "$plan" --arg queue "${PROVISIONER_TASK_QUEUE:-provisioner}" '{
  workflowType: { name: "provision" },
  taskQueue: { name: $queue },
  input: { payloads: [{ metadata: { encoding: ("json/plain" | @base64) }, data: ($plan | @base64) }] },
  workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY"
}' | call POST "$workflow" @- | jq -r 'if .runId then "started" elif .code == 6 then "there already" else error(.message) end'

cancel() { call POST "$workflow/cancel" '{}' > /dev/null; }
# Ctrl-C asks for a rollback; the script stays until it is done.
trap cancel INT TERM

states=''
while :; do
  ledger=$(call POST "$workflow/query/ledger" '{}' | jq -c '.queryResult[0] // empty') || continue
  now=$(jq -r '.steps // {} | to_entries[] | "\(.key): \(.value.state)"' <<< "$ledger")
  grep -vxF "$states" <<< "$now" || true
  states=$now
  if [ -n "$cancel_after" ] && grep -qx "$cancel_after: live" <<< "$now"; then cancel; fi
  run=$(call GET "$workflow") || continue
  status=$(jq -r .workflowExecutionInfo.status <<< "$run")
  if [ "$status" != WORKFLOW_EXECUTION_STATUS_RUNNING ]; then break; fi
  sleep 0.5 || true
done

close=$(call GET "$workflow/history?historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT" | jq '.history.events[0]')
case $status in
*_COMPLETED)
  echo Provisioned
  jq -r '.workflowExecutionCompletedEventAttributes.result[0] | to_entries[] | "\(.key).id = \(.value.id)"' <<< "$close"
  ;;
*_FAILED)
  # details[0] is the ledger; of a plan that was not started, its problems. The cause is the provider's own evidence.
  jq -r '.workflowExecutionFailedEventAttributes.failure
    | "\(.applicationFailureInfo.type): \(.message)",
      (.applicationFailureInfo.details[0]
        | if type == "array" then .[] | "\(.path): \(.message)"
          else .steps | to_entries[] | "\(.key): \(.value.state)" end),
      (.cause // empty | "cause: \(.applicationFailureInfo.type), request \(.applicationFailureInfo.details[0].requestId // "unknown")")' <<< "$close"
  exit 1
  ;;
*_CANCELED)
  # A cancelled run has no details: its ledger is in the memo.
  echo Cancelled
  jq -r '.workflowExecutionInfo.memo.fields.ledger.steps | to_entries[] | "\(.key): \(.value.state)"' <<< "$run"
  exit 1
  ;;
*)
  echo "$status"
  exit 1
  ;;
esac
