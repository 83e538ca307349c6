"""Starts a plan, follows its ledger, cancels it when told to, and tells how it ended. Exit code 0: provisioned."""

import argparse
import asyncio
import json
import os
import signal
import sys

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError


async def start(client: Client, plan: dict) -> WorkflowHandle:
    workflow_id = f"provision-{plan['name']}"
    try:
        return await client.start_workflow(
            "provision",
            plan,
            id=workflow_id,
            task_queue=os.environ.get("PROVISIONER_TASK_QUEUE", "provisioner"),
            # What is provisioned already is not made twice.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        )
    except WorkflowAlreadyStartedError:
        return client.get_workflow_handle(workflow_id)


async def follow(handle: WorkflowHandle, result: asyncio.Task, cancel_after: str | None) -> None:
    """Prints each change of a step's state, until the workflow has closed."""
    seen: dict[str, str] = {}
    while not result.done():
        await asyncio.wait([result], timeout=0.2)
        try:
            ledger = await handle.query("ledger")
        except (RPCError, WorkflowQueryFailedError):
            continue  # No worker answers at the moment.
        for step, found in ledger["steps"].items():
            state = found["state"]
            if seen.get(step) != state:
                seen[step] = state
                print(f"{step}: {state}", flush=True)
                if state == "live" and step == cancel_after:
                    await handle.cancel()


def show_failure(failure: ApplicationError) -> None:
    print(f"{failure.type}: {failure.message}")
    # The ledger; of a plan that was not started, its problems.
    first = failure.details[0]
    if isinstance(first, list):
        for problem in first:
            print(f"{problem['path']}: {problem['message']}")
        return
    show_steps(first)
    cause = failure.cause
    if isinstance(cause, ApplicationError):
        print(f"cause: {cause.type}, request {cause.details[0].get('requestId', 'unknown')}")


def show_steps(ledger: dict) -> None:
    for step, found in ledger["steps"].items():
        print(f"{step}: {found['state']}")


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cancel-after-step")
    parser.add_argument("plan")
    options = parser.parse_args()
    with open(options.plan, encoding="utf-8") as file:
        plan = json.load(file)
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    handle = await start(client, plan)
    loop = asyncio.get_running_loop()
    # Ctrl-C asks for a rollback; the program stays until it is done.
    loop.add_signal_handler(signal.SIGINT, lambda: asyncio.ensure_future(handle.cancel()))
    result = asyncio.ensure_future(handle.result())
    await follow(handle, result, options.cancel_after_step)
    try:
        outputs = await result
    except WorkflowFailureError as error:
        if isinstance(error.cause, ApplicationError):
            show_failure(error.cause)
            return 1
        # A cancelled run has no details: its ledger is in the memo.
        print("Cancelled")
        show_steps(await (await handle.describe()).memo_value("ledger"))
        return 1
    print("Provisioned")
    for step, found in outputs.items():
        print(f"{step}.id = {found['id']}")
    return 0


exit_code = asyncio.run(main())
sys.stdout.flush()
# Not sys.exit: the SDK's threads may outlive the interpreter, and crash it (temporalio/sdk-python#300).
os._exit(exit_code)
