/** The handlers of the service `provisioner`: what ProvisionerClient does, for callers in other namespaces. */
import { getClient, operationInfo } from '@temporalio/nexus';
import { type ServiceHandler, serviceHandler } from 'nexus-rpc';
import type { Catalog } from '../../activities/catalog.js';
import { readPlan } from '../../activities/owner/read-plan.js';
import { resolveHere } from '../../client/check-plan.js';
import { ProvisionerClient } from '../../client/client.js';
import { InvalidPlanError, InvalidRequestError, ProvisionNotFoundError } from '../../client/errors.js';
import type { ProvisionHandle } from '../../client/handle.js';
import type { StartWorkflow } from '../../client/start-workflow.js';
import type { Problem } from '../../contract/failures.js';
import type { Ledger } from '../../contract/ledger.js';
import type { DeprovisionRequest } from '../../contract/manifest.js';
import { type PlanStatus, provisionerService, type StatusRequest } from '../../contract/nexus-service.js';
import { isManaged, type Plan, type ProvisionResult } from '../../contract/plan.js';
import { asNexusError } from './nexus-error.js';
import { type Begun, WorkflowOperation } from './workflow-operation.js';

export function createProvisionerService(catalog: Catalog): ServiceHandler {
  const clientOf = (startWorkflow?: StartWorkflow) =>
    new ProvisionerClient({
      client: getClient(),
      taskQueue: operationInfo().taskQueue,
      kinds: [...catalog.kinds.values()],
      ...(startWorkflow && { startWorkflow }),
    });
  return serviceHandler(provisionerService, {
    provision: new WorkflowOperation<Plan, ProvisionResult>((plan, start) => {
      refuseUnlessValid(plan, catalog);
      return provision(clientOf(start), plan);
    }),
    deprovision: new WorkflowOperation<DeprovisionRequest, Ledger>((request, start) =>
      deprovision(clientOf(start), request),
    ),
    status: async (_context, request) => {
      try {
        return await status(clientOf(), request);
      } catch (error) {
        throw asNexusError(error);
      }
    },
  });
}

/** The connections are known here, so that every problem can be told before anything is started. */
function refuseUnlessValid(plan: Plan, catalog: Catalog): void {
  const resolution = resolveHere(plan, catalog, getClient().options.namespace);
  const problems = 'plan' in resolution ? managedProblems(plan) : resolution.problems;
  if (problems.length > 0) throw new InvalidPlanError(problems);
}

/** Its workflow ends when its resources are given up: nobody would wait for that to hear that they are there. */
function managedProblems(plan: Plan): readonly Problem[] {
  if (!isManaged(plan)) return [];
  const message = 'a managed plan stays open, and an operation ends as its run does: start it without Nexus';
  return [{ path: plan.lifetime ? 'lifetime' : 'managed', message }];
}

async function provision(provisioner: ProvisionerClient, plan: Plan): Promise<Begun<ProvisionResult>> {
  const run = await provisioner.provision(plan);
  return { run, result: () => run.result() };
}

async function deprovision(provisioner: ProvisionerClient, request: DeprovisionRequest): Promise<Begun<Ledger>> {
  const byHistory = request?.manifest === undefined && request?.discover !== true;
  if (byHistory && (await isOpenAndManaged(provisioner, request?.plan))) {
    const message = 'is managed and open: it gives up its resources itself, by the move deprovision';
    throw new InvalidRequestError([{ path: 'plan', message }]);
  }
  const deprovisioning = await provisioner.deprovision(request);
  return { run: deprovisioning.run, result: () => deprovisioning.result() };
}

async function isOpenAndManaged(provisioner: ProvisionerClient, name: unknown): Promise<boolean> {
  const handle = typeof name === 'string' ? await found(provisioner.get(name)) : undefined;
  const run = await handle?.describe();
  if (run?.status !== 'RUNNING') return false;
  const plan = await readPlan(getClient(), run.workflowId, run.runId);
  return plan !== undefined && isManaged(plan);
}

async function found(handle: Promise<ProvisionHandle>): Promise<ProvisionHandle | undefined> {
  return await handle.catch((error: unknown) => {
    if (error instanceof ProvisionNotFoundError) return undefined;
    throw error;
  });
}

async function status(provisioner: ProvisionerClient, request: StatusRequest): Promise<PlanStatus> {
  const plan: unknown = request?.plan;
  // Half of a surrogate pair reaches no server: it would be asked again for as long as the operation lasts.
  if (typeof plan !== 'string' || plan === '' || /\p{Cs}/u.test(plan)) {
    throw new InvalidRequestError([{ path: 'plan', message: 'must be the name of a plan' }]);
  }
  const handle = await provisioner.acting(plan);
  const { workflowId, runId } = handle;
  const ledger = (await handle.findLedger())?.ledger;
  if (!ledger) throw new ProvisionNotFoundError(workflowId);
  const outcome = (await handle.outcome()) ?? ledger.outcome;
  const isGone = outcome === 'Provisioned' && (await provisioner.givenUp(plan, runId)) === 'done';
  return { workflowId, runId, ...(outcome && { outcome }), ...(isGone && { deprovisioned: true }), ledger };
}
