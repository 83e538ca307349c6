/**
 * A request to verify in, what there is to read or problems out: by the plan's own run, or by a manifest. What is not
 * provisioned has nothing to be held against its plan, and whoever asks must not be told that all is well.
 */
import type { VerifyResolution } from '../contract/deprovision.js';
import type { Outcome, Problem } from '../contract/failures.js';
import type { LedgerStep } from '../contract/ledger.js';
import type { Manifest } from '../contract/manifest.js';
import { workflowIdOf } from '../contract/names.js';
import type { PlanResource } from '../contract/plan.js';
import type { Catalog } from './catalog.js';
import { checkVerifyRequest } from './deprovision/check-request.js';
import { checkOwner, type DeprovisionSources } from './deprovision/resolve-deprovision.js';
import { checkReach, outputsOf, resolveKnown } from './deprovision/what-to-undo.js';
import type { ChainRun } from './owner/chain.js';

export async function resolveVerify(
  input: unknown,
  catalog: Catalog,
  sources: Pick<DeprovisionSources, 'namespace' | 'readManifest' | 'hasMade' | 'wasDeprovisioned'>,
): Promise<VerifyResolution> {
  const checked = checkVerifyRequest(input, sources.namespace);
  if ('problems' in checked) return checked;
  const { plan: name } = checked.value;
  const answer = checked.value.manifest
    ? { manifest: checked.value.manifest }
    : await sources.readManifest(workflowIdOf(name));
  if ('none' in answer) return { problems: [{ path: 'plan', message: NONE[answer.none] }] };
  const { manifest } = answer;
  const { plan, owner, outcome } = manifest;
  const unfit =
    'run' in answer
      ? checkVerifiable(outcome, answer.run)
      : ((await checkOwner(manifest, sources)) ?? checkVerifiable(outcome, undefined));
  const problems = [...(unfit ? [unfit] : []), ...checkReach(plan, catalog)];
  if (problems.length > 0) return { problems };
  if (await sources.wasDeprovisioned(plan.name, owner.runId))
    return { problems: [{ path: 'plan', message: 'nothing to verify: it was deprovisioned since' }] };
  const resolved = { ...resolveKnown(plan, catalog), owner };
  const verify = { source: plan, resolved, steps: stepsOf(manifest), outputs: outputsOf(manifest) };
  return { verify: { ...verify, ...(outcome === 'Abandoned' && { outcome }) } };
}

const NONE = {
  foreign: 'its workflow id belongs to a workflow that is no provision',
  absent: 'the server knows no run of it; give its manifest (--manifest FILE)',
} as const;

/** What was abandoned left something, and that can be looked at. */
function checkVerifiable(outcome: Outcome | undefined, run: ChainRun | undefined): Problem | undefined {
  if (outcome === 'Provisioned' || outcome === 'Abandoned') return undefined;
  if (outcome !== undefined) return { path: 'plan', message: `nothing to verify: it ended ${outcome}` };
  if (!run) return { path: 'manifest.outcome', message: EARLY };
  const over = run.status === 'completed' || run.status === 'closed';
  return { path: 'plan', message: over ? 'nothing to verify: it ended without being provisioned' : OPEN };
}

const EARLY = 'the manifest was exported while the plan ran; export it again, or leave it out';
const OPEN =
  'it is not provisioned: its run is still making it, undoes it or waits for a person; see provisioner status';

function stepsOf({ plan, steps }: Manifest): { readonly [step: string]: LedgerStep } {
  return Object.fromEntries(
    Object.entries(plan.resources).map(([key, { kind, connection }]: [string, PlanResource]): [string, LedgerStep] => {
      const { outputs: _told, ...step } = steps[key] ?? { state: 'planned' };
      return [key, { kind, connection, ...step }];
    }),
  );
}
