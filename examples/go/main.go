// Starts a plan, follows its ledger, cancels it when told to, and tells how it ended. Exit code 0: provisioned.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
)

type ledger struct {
	Outcome string          `json:"outcome"`
	Steps   map[string]step `json:"steps"`
}

type step struct {
	State string `json:"state"`
	ID    string `json:"id"`
}

func main() {
	cancelAfter := flag.String("cancel-after-step", "", "cancel once this step is live")
	flag.Parse()
	provisioned, err := provision(flag.Arg(0), *cancelAfter)
	if err != nil {
		log.Fatal(err)
	}
	if !provisioned {
		os.Exit(1)
	}
}

func provision(file string, cancelAfter string) (bool, error) {
	// As the bytes that it is: no number in it is rounded.
	plan, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	var named struct{ Name string }
	if err := json.Unmarshal(plan, &named); err != nil {
		return false, err
	}
	c, err := client.Dial(client.Options{
		HostPort: or(os.Getenv("TEMPORAL_ADDRESS"), client.DefaultHostPort),
		Logger:   sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
	if err != nil {
		return false, err
	}
	defer c.Close()

	ctx := context.Background()
	// Attaches to a run that is there already.
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:        "provision-" + named.Name,
		TaskQueue: or(os.Getenv("PROVISIONER_TASK_QUEUE"), "provisioner"),
		// What is provisioned already is not made twice.
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
	}, "provision", json.RawMessage(plan))
	if err != nil {
		return false, err
	}
	cancel := func() error { return c.CancelWorkflow(ctx, run.GetID(), "") }
	// Ctrl-C asks for a rollback; the program stays until it is done.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)

	var outputs map[string]step
	closed := make(chan error, 1)
	go func() { closed <- run.Get(ctx, &outputs) }()
	states := map[string]string{}
	for {
		select {
		case err := <-closed:
			if err != nil {
				return false, showEnd(ctx, c, run.GetID(), err)
			}
			fmt.Println("Provisioned")
			for _, key := range sorted(outputs) {
				fmt.Printf("%s.id = %s\n", key, outputs[key].ID)
			}
			return true, nil
		case <-interrupts:
			if err := cancel(); err != nil {
				return false, err
			}
		case <-time.After(200 * time.Millisecond):
			changed := follow(ctx, c, run.GetID(), states)
			if slices.Contains(changed, cancelAfter) && states[cancelAfter] == "live" {
				if err := cancel(); err != nil {
					return false, err
				}
			}
		}
	}
}

// Prints each change of a step's state since the last look, and tells which steps changed.
func follow(ctx context.Context, c client.Client, workflowID string, states map[string]string) []string {
	var found ledger
	answer, err := c.QueryWorkflow(ctx, workflowID, "", "ledger")
	if err != nil || answer.Get(&found) != nil {
		return nil // No worker answers at the moment.
	}
	var changed []string
	for _, key := range sorted(found.Steps) {
		if state := found.Steps[key].State; state != states[key] {
			states[key] = state
			changed = append(changed, key)
			fmt.Printf("%s: %s\n", key, state)
		}
	}
	return changed
}

func showEnd(ctx context.Context, c client.Client, workflowID string, err error) error {
	var failure *temporal.ApplicationError
	if errors.As(err, &failure) {
		fmt.Printf("%s: %s\n", failure.Type(), failure.Message())
		return showDetails(failure)
	}
	var cancelled *temporal.CanceledError
	if !errors.As(err, &cancelled) {
		return err
	}
	// A cancelled run has no details: its ledger is in the memo.
	run, err := c.DescribeWorkflowExecution(ctx, workflowID, "")
	if err != nil {
		return err
	}
	var kept ledger
	memo := run.WorkflowExecutionInfo.Memo.Fields["ledger"]
	if err := converter.GetDefaultDataConverter().FromPayload(memo, &kept); err != nil {
		return err
	}
	fmt.Println("Cancelled")
	showSteps(kept)
	return nil
}

// details[0] is the ledger; of a plan that was not started, its problems.
func showDetails(failure *temporal.ApplicationError) error {
	var details json.RawMessage
	if err := failure.Details(&details); err != nil {
		return err
	}
	var problems []struct{ Path, Message string }
	if json.Unmarshal(details, &problems) == nil {
		for _, problem := range problems {
			fmt.Printf("%s: %s\n", problem.Path, problem.Message)
		}
		return nil
	}
	var left ledger
	if err := json.Unmarshal(details, &left); err != nil {
		return err
	}
	showSteps(left)
	// The provider's own evidence.
	var cause *temporal.ApplicationError
	if errors.As(errors.Unwrap(failure), &cause) {
		var evidence struct{ RequestID string }
		if err := cause.Details(&evidence); err != nil {
			return err
		}
		fmt.Printf("cause: %s, request %s\n", cause.Type(), or(evidence.RequestID, "unknown"))
	}
	return nil
}

func showSteps(found ledger) {
	for _, key := range sorted(found.Steps) {
		fmt.Printf("%s: %s\n", key, found.Steps[key].State)
	}
}

func sorted(steps map[string]step) []string {
	keys := make([]string, 0, len(steps))
	for key := range steps {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func or(text string, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
