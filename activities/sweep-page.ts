/**
 * One page of a sweep: every resource of a kind is listed, those with a marker behind the page's start are judged, in the
 * order of their ids. Memory is bounded by the page; who owns what is asked once for each owner, one after the other.
 */
import { type Marker, parseMarker } from '../contract/marker.js';
import type { JsonObject } from '../contract/plan.js';
import type { Owner } from '../contract/steps.js';
import type { Finding, Orphan, SweepPage, SweepPageInput } from '../contract/sweep.js';
import type { Attempt } from './attempt.js';
import type { Cloud } from './cloud.js';
import { toFailure } from './failure.js';
import type { Kind, Sighting } from './kind.js';
import type { OwnerReading } from './owner/read-owner.js';
import { MARKED_A_PAGE } from './policies.js';
import { byId, cutPage, type Judged, judge, Smallest } from './sweep-decisions.js';

export interface SweepPageTask {
  readonly kind: Kind;
  readonly windowMs: number;
  /** The sweep's own: markers of another are none of its business. */
  readonly namespace: string;
  readonly attempt: Attempt<never>;
  readonly cloud: Cloud;
  readonly readOwner: (owner: Owner) => Promise<OwnerReading>;
  /** Takes secrets out of a text on its way into history. */
  readonly redact: (text: string) => string;
}

/** As little of a marked resource as the page needs: most of them are somebody's and are forgotten again. */
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly marker: Marker;
  readonly spec: JsonObject;
  readonly createdAt?: number;
}

interface Listed {
  readonly candidates: readonly Candidate[];
  readonly more: boolean;
  readonly unmarked: number;
  readonly elsewhere: number;
}

export async function sweepPage(input: SweepPageInput, task: SweepPageTask): Promise<SweepPage> {
  const { kind, redact } = task;
  try {
    const listed = await list(input, task);
    const judged = await judgeAll(listed.candidates, input, task);
    const { counts, findings, cutAt } = cutPage(judged, input.room, input.delete ? 'delete' : 'report');
    const next = cutAt ?? (listed.more ? judged.at(-1)?.id : undefined);
    return {
      // Told by the first page only: the others list the same ones again.
      counts:
        input.after === undefined ? { ...counts, unmarked: listed.unmarked, elsewhere: listed.elsewhere } : counts,
      orphans: findings.filter((finding): finding is Orphan => finding.verdict === 'orphan'),
      unknown: findings.filter(({ verdict }) => verdict === 'unknown'),
      ...(next !== undefined && { next }),
    };
  } catch (error) {
    throw toFailure(error, { provider: kind.provider, operation: `${kind.name}.list` }, redact);
  }
}

async function list({ after = '' }: SweepPageInput, task: SweepPageTask): Promise<Listed> {
  const { kind, cloud, namespace, attempt } = task;
  const smallest = new Smallest<Candidate>(MARKED_A_PAGE);
  let unmarked = 0;
  let elsewhere = 0;
  for await (const sighting of kind.list(cloud)) {
    attempt.throwIfStopped();
    const marker = parseMarker(sighting.description);
    if (!marker) unmarked += 1;
    else if (marker.namespace !== namespace) elsewhere += 1;
    else if (sighting.id > after) smallest.add(candidate(kind, sighting, marker));
  }
  const { items, more } = smallest.end();
  return { candidates: items, more, unmarked, elsewhere };
}

function candidate(kind: Kind, sighting: Sighting, marker: Marker): Candidate {
  const { id, name, outputs, createdAt } = sighting;
  const spec = kind.specOf?.(sighting) ?? { ...outputs, name };
  return { id, name, marker, spec, ...(createdAt !== undefined && { createdAt }) };
}

/** Owner by owner, so that no more than one owner's steps are held at once. */
async function judgeAll(
  candidates: readonly Candidate[],
  { connection, graceMs }: SweepPageInput,
  { kind, windowMs, attempt, readOwner }: SweepPageTask,
): Promise<readonly Judged<Finding | Orphan>[]> {
  const judged: Judged<Finding | Orphan>[] = [];
  for (const [owner, owned] of byOwner(candidates)) {
    attempt.throwIfStopped();
    const reading = await readOwner(owner);
    const clock = { now: attempt.now(), graceMs, windowMs };
    for (const one of owned) judged.push(judgeOne(one, connection, kind.name, reading, clock));
  }
  return judged.sort(byId);
}

function byOwner(candidates: readonly Candidate[]): readonly (readonly [Owner, readonly Candidate[]])[] {
  const owners = new Map<string, [Owner, Candidate[]]>();
  for (const one of candidates) {
    const { workflowId, runId } = one.marker;
    const key = `${runId} ${workflowId}`;
    const known = owners.get(key);
    if (known) known[1].push(one);
    else owners.set(key, [one.marker, [one]]);
  }
  return [...owners.values()];
}

function judgeOne(
  { id, name, marker, spec, createdAt }: Candidate,
  connection: string,
  kind: string,
  reading: OwnerReading,
  clock: Parameters<typeof judge>[2],
): Judged<Finding | Orphan> {
  const judgement = judge({ kind, marker, ...(createdAt !== undefined && { createdAt }) }, reading, clock);
  const { verdict } = judgement;
  const { keep: _keep, ...owner } = marker;
  const found = { connection, kind, id, name, owner };
  if (verdict === 'unknown') return { id, verdict, finding: { ...found, verdict, why: judgement.why } };
  if (verdict !== 'orphan') return { id, verdict };
  const { lastRunId, closedAt, rank } = judgement;
  const why = `its owner closed at ${new Date(closedAt).toISOString()} and does not keep it`;
  return { id, verdict, finding: { ...found, verdict, why, lastRunId, closedAt, rank, spec } };
}
