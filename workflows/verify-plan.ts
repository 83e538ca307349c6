/** Reads each resource of a plan at its cloud and compares it with its spec. Changes nothing, so a cancel just ends it. */
import { CancellationScope, proxyLocalActivities, setCurrentDetails } from '@temporalio/workflow';
import type { PlanToVerify, VerifiedStep, VerifyReport, VerifyResolution } from '../contract/deprovision.js';
import type { LedgerStep } from '../contract/ledger.js';
import type { VerifyRequest } from '../contract/manifest.js';
import { RESOLVE_VERIFY } from '../contract/names.js';
import { resolveReferences } from '../contract/references.js';
import type { Owner, ResolvedStep } from '../contract/steps.js';
import type { Book } from './book.js';
import { notStarted } from './closing.js';
import { verifiedAsMarkdown } from './display.js';
import { lookAt } from './look.js';
import { READ_OWNER } from './policies.js';

/**
 * Compares each resource of a plan with its spec, at its cloud. Changes nothing.
 *
 * @throws ApplicationFailure `InvalidRequest`, with every problem in `details[0]`.
 */
export async function verifyPlan(request: VerifyRequest): Promise<VerifyReport> {
  const plan = await open(request);
  const steps: Record<string, VerifiedStep> = Object.create(null);
  await Promise.all(
    plan.resolved.steps.map(async (step) => {
      const entry = plan.steps[step.key];
      if (!entry || !isThere(entry)) return;
      const { kind, connection, id } = entry;
      const drift = await lookAt(callerOf(plan), step, entry);
      steps[step.key] = { kind, connection, ...(id !== undefined && { id }), ...drift };
    }),
  );
  // A look that was cut off by a cancel has no verdict.
  const run = CancellationScope.current();
  if (run.consideredCancelled) await run.cancelRequested;
  const { outcome } = plan;
  const { name, simulated } = plan.resolved;
  const inOrder = Object.keys(plan.steps).flatMap((key) => (steps[key] ? [[key, steps[key]] as const] : []));
  const report: VerifyReport = {
    plan: name,
    simulated,
    steps: Object.fromEntries(inOrder),
    ...(outcome && { outcome }),
  };
  setCurrentDetails(verifiedAsMarkdown(report));
  return report;
}

async function open(request: VerifyRequest): Promise<PlanToVerify> {
  type Local = Record<string, (request: VerifyRequest) => Promise<VerifyResolution>>;
  const ask = proxyLocalActivities<Local>(READ_OWNER)[RESOLVE_VERIFY] as Local[string];
  const resolution = await ask(request ?? null);
  if ('verify' in resolution) return resolution.verify;
  throw notStarted('InvalidRequest', resolution.problems);
}

/** What the plan's own word says to be there, adopted and kept resources too. */
function isThere({ state, id }: LedgerStep): boolean {
  return id !== undefined && (state === 'live' || state === 'kept');
}

function callerOf({ source, resolved, outputs }: PlanToVerify): Pick<Book, 'resolved' | 'spec' | 'owner'> {
  return {
    resolved,
    spec: ({ key }: ResolvedStep) => resolveReferences(source.resources[key]?.spec ?? {}, outputs),
    owner: (key: string): Owner => ({ ...(resolved.owner as Omit<Owner, 'step'>), step: key }),
  };
}
