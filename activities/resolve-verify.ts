/** A request to verify in, what there is to read or problems out: by the plan's own run, open or closed, or by a manifest. */

import type { VerifyResolution } from '../contract/deprovision.js';
import type { LedgerStep } from '../contract/ledger.js';
import type { Manifest } from '../contract/manifest.js';
import { workflowIdOf } from '../contract/names.js';
import type { PlanResource } from '../contract/plan.js';
import type { Catalog } from './catalog.js';
import { checkVerifyRequest } from './deprovision/check-request.js';
import type { DeprovisionSources } from './deprovision/resolve-deprovision.js';
import { checkReach, outputsOf, resolveKnown } from './deprovision/what-to-undo.js';

export async function resolveVerify(
  input: unknown,
  catalog: Catalog,
  sources: Pick<DeprovisionSources, 'namespace' | 'readManifest'>,
): Promise<VerifyResolution> {
  const checked = checkVerifyRequest(input, sources.namespace);
  if ('problems' in checked) return checked;
  const { plan: name } = checked.value;
  const answer = checked.value.manifest
    ? { manifest: checked.value.manifest }
    : await sources.readManifest(workflowIdOf(name));
  if ('none' in answer) return { problems: [{ path: 'plan', message: NONE[answer.none] }] };
  const { manifest } = answer;
  const { plan, owner } = manifest;
  const problems = checkReach(plan, catalog);
  if (problems.length > 0) return { problems };
  const resolved = { ...resolveKnown(plan, catalog), owner };
  return { verify: { source: plan, resolved, steps: stepsOf(manifest), outputs: outputsOf(manifest) } };
}

const NONE = {
  foreign: 'its workflow id belongs to a workflow that is no provision',
  absent: 'the server knows no run of it; give its manifest (--manifest FILE)',
} as const;

function stepsOf({ plan, steps }: Manifest): { readonly [step: string]: LedgerStep } {
  return Object.fromEntries(
    Object.entries(plan.resources).map(([key, { kind, connection }]: [string, PlanResource]): [string, LedgerStep] => {
      const { outputs: _told, ...step } = steps[key] ?? { state: 'planned' };
      return [key, { kind, connection, ...step }];
    }),
  );
}
