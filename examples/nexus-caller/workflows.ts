/** A workflow in another namespace: has what it needs provisioned through Nexus, and given up when it is done. */
import { ApplicationFailure, CancellationScope, createNexusServiceClient } from '@temporalio/workflow';
import { type Ledger, type Plan, type Problem, provisionerService } from 'temporal-provisioner/nexus';

export async function train(plan: Plan, endpoint = 'provisioner'): Promise<string> {
  const provisioner = createNexusServiceClient({ endpoint, service: provisionerService });
  const made = await provisioner.executeOperation('provision', plan).catch((error: unknown) => {
    throw ApplicationFailure.nonRetryable(whatFailed(error), 'NotProvisioned');
  });
  try {
    return `trained on ${made.ai?.id}`; // your own activities
  } finally {
    const request = { plan: plan.name, by: 'train', why: 'the training is over' };
    await CancellationScope.nonCancellable(() => provisioner.executeOperation('deprovision', request));
  }
}

/** The failure of the plan's own run, or of a refusal, is the innermost but for the provider's evidence. */
function whatFailed(error: unknown): string {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (!(inner instanceof ApplicationFailure)) continue;
    if (inner.type === 'RolledBack') {
      const [ledger] = inner.details as [Ledger];
      const failed = Object.entries(ledger.steps).filter(([, { cause }]) => cause);
      return failed.map(([step, { cause }]) => `${step}: ${cause?.type}, request ${cause?.requestId}`).join('; ');
    }
    if (inner.type === 'InvalidPlan') {
      const [problems] = inner.details as [readonly Problem[]];
      return problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    }
    return inner.message;
  }
  return 'cancelled';
}
