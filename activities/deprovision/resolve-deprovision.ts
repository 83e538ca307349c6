/**
 * A request in, what there is to undo or problems out. From the plan's own run, from a manifest, or from markers; each time
 * in the name of an owner that is closed. Calls no cloud: what is to be discovered is looked up between two answers.
 */
import type { DeprovisionResolution, Discovered, LaterFacts } from '../../contract/deprovision.js';
import type { Problem } from '../../contract/failures.js';
import type { DeprovisionRequest, Manifest } from '../../contract/manifest.js';
import { workflowIdOf } from '../../contract/names.js';
import { isManaged, type Plan } from '../../contract/plan.js';
import type { Owner } from '../../contract/steps.js';
import type { Catalog } from '../catalog.js';
import type { Chain } from '../owner/chain.js';
import type { ManifestAnswer } from '../owner/read-manifest.js';
import { listTargets } from '../resolve-sweep.js';
import { checkDeprovisionRequest } from './check-request.js';
import { fromMarkers } from './from-markers.js';
import { checkReach, checkUndoable, type Told, whatToUndo } from './what-to-undo.js';

/** What is asked of the server. */
export interface DeprovisionSources {
  readonly namespace: string;
  readManifest(workflowId: string): Promise<ManifestAnswer>;
  /** Whether the owner's run was started with a plan of this name; undefined where the server does not know it any more. */
  hasMade(plan: string, owner: Omit<Owner, 'step'>): Promise<boolean | undefined>;
  findChain(owner: Omit<Owner, 'step'>): Promise<Chain>;
  /** Whether a `deprovision` of this plan ended well in the name of this first run. */
  wasDeprovisioned(plan: string, runId: string): Promise<boolean>;
}

export interface Resolving {
  readonly catalog: Catalog;
  readonly sources: DeprovisionSources;
  readonly facts: LaterFacts;
}

/** @param found What was discovered, once it was. */
export async function resolveDeprovision(
  input: unknown,
  found: readonly Discovered[] | undefined,
  resolving: Resolving,
): Promise<DeprovisionResolution> {
  const { catalog, sources, facts } = resolving;
  const { searchAttributes } = catalog;
  const killers = facts.killers.map((killer) =>
    problem('', `${killer} would end the run without undoing; start it without`),
  );
  const checked = checkDeprovisionRequest(input, sources.namespace);
  const problems = [...killers, ...('problems' in checked ? checked.problems : [])];
  if ('problems' in checked || problems.length > 0) return { problems, searchAttributes };
  const request = checked.value;
  const answer = await (request.discover ? discovered(request, found, resolving) : toldOf(request, resolving));
  return Array.isArray(answer) ? { problems: answer, searchAttributes } : (answer as Answer);
}

type Answer = Exclude<DeprovisionResolution, { readonly problems: unknown }>;

async function toldOf(request: DeprovisionRequest, resolving: Resolving): Promise<Answer | Problem[]> {
  const { catalog, sources } = resolving;
  const told = await (request.manifest
    ? fromManifest(request.manifest, resolving)
    : fromHistory(request.plan, resolving));
  if (Array.isArray(told)) return told;
  const all: Told = { ...(told as Read), includeProtected: request.includeProtected ?? false };
  const { plan, owner } = all.manifest;
  const problems = [...checkReach(plan, catalog), ...checkUndoable(all)];
  if (problems.length > 0) return problems;
  if (await sources.wasDeprovisioned(plan.name, owner.runId))
    return [problem('plan', 'nothing to deprovision: it was deprovisioned since')];
  return { undo: { source: plan, carried: whatToUndo(all, catalog) } };
}

type Read = Omit<Told, 'includeProtected'>;

async function fromHistory(plan: string, { sources, facts }: Resolving): Promise<Read | Problem[]> {
  const answer = await sources.readManifest(workflowIdOf(plan));
  if ('none' in answer) return [problem('plan', answer.none === 'foreign' ? FOREIGN : UNKNOWN)];
  const { manifest, run, settled } = answer;
  if (run.status === 'open' || run.status === 'continued') return [problem('plan', openWords(manifest.plan))];
  const laterRun = run.runId !== run.firstRunId;
  return { manifest, believed: true, endedAt: run.closedAt ?? facts.now, settled, laterRun };
}

const FOREIGN = 'its workflow id belongs to a workflow that is no provision';
const UNKNOWN =
  'the server knows no run of it; give its manifest (--manifest FILE), or discover what it made (--discover)';

async function fromManifest(manifest: Manifest, { sources, facts }: Resolving): Promise<Read | Problem[]> {
  const forged = await checkOwner(manifest, sources);
  if (forged) return [forged];
  const chain = await sources.findChain(manifest.owner);
  if (chain.state === 'open') return [problem('plan', openWords(manifest.plan))];
  const endedAt = chain.state === 'closed' ? chain.closedAt : facts.now;
  return { manifest, believed: false, endedAt, settled: new Set(), laterRun: false };
}

/** A starter may choose any workflow id, so only the run itself tells whose it is. */
export async function checkOwner(
  { plan, owner }: Manifest,
  sources: Pick<DeprovisionSources, 'hasMade'>,
): Promise<Problem | undefined> {
  if ((await sources.hasMade(plan.name, owner)) !== false) return undefined;
  return problem('manifest.owner.workflowId', 'must be the workflow that made this plan; give it as it was exported');
}

function openWords(plan: Plan): string {
  return isManaged(plan)
    ? 'it is managed and open: send it the move deprovision'
    : 'it is still provisioning: cancel it, which undoes everything';
}

async function discovered(
  { plan }: DeprovisionRequest,
  found: readonly Discovered[] | undefined,
  { catalog, sources, facts }: Resolving,
): Promise<Answer | Problem[]> {
  const { targets } = listTargets([...(catalog.connections?.values() ?? [])], catalog);
  if (!found) return { discover: { targets, fingerprint: catalog.fingerprint } };
  if (found.length === 0) return [problem('plan', 'nothing that a connection of this worker lists carries its marker')];
  const owner = { namespace: sources.namespace, workflowId: workflowIdOf(plan) };
  for (const runId of new Set(found.map((one) => one.runId))) {
    const { state } = await sources.findChain({ ...owner, runId });
    if (state === 'open') return [problem('plan', 'a run of it is open: cancel it, or send it the move deprovision')];
  }
  return { undo: fromMarkers({ plan, owner, found, now: facts.now }, catalog) };
}

function problem(path: string, message: string): Problem {
  return { path, message };
}
