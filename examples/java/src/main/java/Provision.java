import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Starts a plan, follows its ledger, cancels it when told to, and tells how it ended. Exit code 0: provisioned. Usage:
 * Provision [--cancel-after-step STEP] PLAN.json
 */
public class Provision {

  public static void main(String[] arguments) throws Exception {
    JsonNode plan = new ObjectMapper().readTree(new File(arguments[arguments.length - 1]));
    boolean cancels = arguments[0].equals("--cancel-after-step");
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(setting("TEMPORAL_ADDRESS", "127.0.0.1:7233")).build());
    WorkflowClient client = WorkflowClient.newInstance(service, WorkflowClientOptions.getDefaultInstance());
    WorkflowStub run = start(client, plan);
    boolean provisioned = end(run, follow(run, cancels ? arguments[1] : null));
    service.shutdownNow();
    System.exit(provisioned ? 0 : 1);
  }

  private static WorkflowStub start(WorkflowClient client, JsonNode plan) {
    String workflowId = "provision-" + plan.get("name").asText();
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            "provision",
            WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setTaskQueue(setting("PROVISIONER_TASK_QUEUE", "provisioner"))
                // What is provisioned already is not made twice.
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)
                .build());
    try {
      run.start(plan);
      return run;
    } catch (WorkflowExecutionAlreadyStarted already) {
      return client.newUntypedWorkflowStub(workflowId);
    }
  }

  /** Prints each change of a step's state, until the workflow has closed. */
  private static CompletableFuture<JsonNode> follow(WorkflowStub run, String cancelAfter) throws InterruptedException {
    CompletableFuture<JsonNode> result = run.getResultAsync(JsonNode.class);
    Map<String, String> seen = new HashMap<>();
    while (!result.isDone()) {
      Thread.sleep(200);
      JsonNode steps;
      try {
        steps = run.query("ledger", JsonNode.class).get("steps");
      } catch (WorkflowServiceException unanswered) {
        continue; // No worker answers at the moment.
      }
      for (Map.Entry<String, JsonNode> step : steps.properties()) {
        String state = step.getValue().get("state").asText();
        if (state.equals(seen.put(step.getKey(), state))) continue;
        System.out.println(step.getKey() + ": " + state);
        if (state.equals("live") && step.getKey().equals(cancelAfter)) run.cancel();
      }
    }
    return result;
  }

  private static boolean end(WorkflowStub run, CompletableFuture<JsonNode> result) {
    try {
      JsonNode outputs = result.join();
      System.out.println("Provisioned");
      outputs.properties().forEach(step -> System.out.println(step.getKey() + ".id = " + step.getValue().get("id").asText()));
      return true;
    } catch (CompletionException error) {
      if (!(error.getCause() instanceof WorkflowFailedException failed)) throw error;
      if (failed.getCause() instanceof ApplicationFailure failure) {
        showFailure(failure);
      } else {
        // A cancelled run has no details: its ledger is in the memo.
        System.out.println("Cancelled");
        showSteps(run.describe().getMemo("ledger", JsonNode.class, JsonNode.class));
      }
      return false;
    }
  }

  private static void showFailure(ApplicationFailure failure) {
    System.out.println(failure.getType() + ": " + failure.getOriginalMessage());
    // The ledger; of a plan that was not started, its problems.
    JsonNode details = failure.getDetails().get(0, JsonNode.class);
    if (details.isArray()) {
      details.forEach(one -> System.out.println(one.get("path").asText() + ": " + one.get("message").asText()));
      return;
    }
    showSteps(details);
    if (failure.getCause() instanceof ApplicationFailure cause) {
      String requestId = cause.getDetails().get(0, JsonNode.class).path("requestId").asText("unknown");
      System.out.println("cause: " + cause.getType() + ", request " + requestId);
    }
  }

  private static void showSteps(JsonNode ledger) {
    ledger
        .get("steps")
        .properties()
        .forEach(step -> System.out.println(step.getKey() + ": " + step.getValue().get("state").asText()));
  }

  private static String setting(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : value;
  }
}
