/** What is promised, checked against what is there: at each step, and once more when nothing can change any more. */
import { isDeepStrictEqual } from 'node:util';
import { findReferences } from '../../contract/find-references.js';
import type { Ledger, LedgerStep } from '../../contract/ledger.js';
import { MEMO } from '../../contract/names.js';
import type { ProvisionResult } from '../../contract/plan.js';
import { judgeAnswers, judgeApproved } from './judge-moves.js';
import type { Hand, World } from './world.js';

/** While it runs: whatever may be there, the ledger knows that it may (undo is armed before the call). */
export function judgeStep(world: World): void {
  const { current } = world.server;
  const { info, node, close } = current;
  // A reset run's history may lie until it has taken stock.
  if (close || info.runId !== info.originalRunId || !node.ledger) return;
  for (const [step, { state, adopted }] of Object.entries(node.ledger.steps)) {
    if (world.ours(step).length === 0) continue;
    const unaware = state === 'planned' || state === 'refused' || state === 'deleted';
    if (unaware) world.broken(`${step} is ${state} in the ledger, and is there`);
    if (state === 'live' && adopted)
      world.broken(`something else stands for ${step}, and one of ours is there as well`);
  }
}

/** What changes a cloud leaves an attempt that the server has given up only with a pass from before. */
export function judgeSent(world: World, hand: Hand): void {
  if (!world.isAttached(hand) && !(hand.attempt.passUntil >= world.now))
    world.broken(`${hand.label} changes its cloud, and the server has given it up`);
}

/** A create leaves only when what it needs is there. */
export function judgeCreate(world: World, { step, label }: Hand): void {
  judgeApproved(world, label);
  const missing = needsOf(world, step).filter((key) => !isThere(world, key));
  if (missing.length > 0 && isOriginal(world)) world.broken(`${label} is sent without ${missing.join(', ')}`);
}

/** What stands for a step, whoever made it; of what an operator skipped there is nothing to be seen. */
function isThere(world: World, step: string): boolean {
  const { skipped, adopted, id } = world.server.current.node.ledger?.steps[step] ?? {};
  const { things } = world.cloudOf(step);
  return skipped || things.some((thing) => (adopted ? thing.id === id : thing.name === world.nameOf(step)));
}

/** A delete leaves only for what is ours, and only when nothing of ours hangs on it any more. */
export function judgeDelete(world: World, { step, label, verb }: Hand, id: string): void {
  if (world.foreign.has(id)) world.broken(`${label} deletes ${id}, which is not ours`);
  const hanging = Object.keys(world.scenario.plan.resources).filter((key) => needsOf(world, key).includes(step));
  if (verb === 'sweep') return;
  const steps = world.server.current.node.ledger?.steps;
  const left = (key: string) => world.scenario.plan.resources[key]?.retain || steps?.[key]?.state === 'abandoned';
  const there = hanging.filter((key) => world.ours(key).length > 0 && !left(key));
  if (there.length > 0 && isOriginal(world)) world.broken(`${label} is sent while ${there.join(', ')} is still there`);
}

function needsOf({ scenario }: World, step: string): readonly string[] {
  const resource = scenario.plan.resources[step];
  return [...(resource?.dependsOn ?? []), ...findReferences(resource?.spec ?? {}).map((reference) => reference.step)];
}

function isOriginal({ server }: World): boolean {
  return server.runs.every(({ info }) => info.runId === info.originalRunId);
}

/** At the end: the outcome, the ledger and the clouds agree, and nothing that is not ours was touched. */
export function judgeEnd(world: World): void {
  const { current } = world.server;
  const { close, node, memo } = current;
  const { ledger } = node;
  // Before its first workflow task a run has no ledger.
  const told = ledger ?? (close?.as === 'Terminated' ? { plan: '', steps: {}, moves: [] } : undefined);
  if (!close || !told) world.broken('the run is still open, and nothing can happen any more');
  for (const id of world.foreign) {
    const there = [...world.clouds.values()].some((cloud) => cloud.find(id));
    if (!there) world.broken(`${id} is gone, and it was not ours`);
  }
  switch (close.as) {
    case 'Completed':
      if (told.outcome === 'Deprovisioned') {
        sameLedger(world, told, memo[MEMO.ledger]);
        judgeUndone(world, told);
        break;
      }
      if (current.cancelRequested) world.broken('it was cancelled, and says Provisioned');
      judgeProvisioned(world, told, close.result as unknown as ProvisionResult);
      break;
    case 'Failed':
      // What was rejected closes with its problems first.
      sameLedger(world, told, close.details[close.type === 'Rejected' ? 1 : 0]);
      if (!['RolledBack', 'Abandoned', 'Rejected'].includes(close.type)) world.broken(`it failed as ${close.type}`);
      judgeUndone(world, told);
      break;
    case 'Cancelled':
      sameLedger(world, told, memo[MEMO.ledger]);
      judgeUndone(world, told);
      break;
    case 'Terminated':
      judgeSwept(world, told);
      break;
    default:
      world.broken(`it closed as ${close.as}`);
  }
  if (close.as !== 'Terminated') judgeAnswers(world, told);
}

function sameLedger(world: World, asked: Ledger, told: unknown): void {
  if (!isDeepStrictEqual(asked, told)) world.broken('the ledger that it closed with is not the one that it answers');
}

function judgeProvisioned(world: World, { steps }: Ledger, result: ProvisionResult): void {
  for (const [step, { state, adopted, skipped, id }] of Object.entries(steps)) {
    const ours = world.ours(step).map((thing) => thing.id);
    if (state !== 'live') world.broken(`it says Provisioned, and ${step} is ${state}`);
    if (result[step]?.id !== id) world.broken(`the result's id of ${step} is not the ledger's`);
    if (adopted) {
      if (!skipped && !world.foreign.has(id ?? '')) world.broken(`${step} is called adopted, and is not`);
      if (ours.length > 0) world.broken(`${step} was adopted, and one of ours is there as well`);
    } else if (!isDeepStrictEqual(ours, [id])) {
      world.broken(`it says Provisioned, and of ${step} there is: ${ours.join(', ') || 'nothing'}, not ${id}`);
    }
  }
}

function judgeUndone(world: World, { outcome, steps }: Ledger): void {
  const named = Object.values(steps).some(({ state }) => state === 'abandoned');
  if (named !== (outcome === 'Abandoned'))
    world.broken(`it says ${outcome}, and ${named ? 'a' : 'no'} step is abandoned`);
  for (const [step, entry] of Object.entries(steps)) {
    const ours = world.ours(step);
    const count = ours.length;
    const [least, most] = expected(world, entry);
    const { state, id } = entry;
    if (state === 'kept' && count > 0 && ours[0]?.id !== id)
      world.broken(`${step} is kept as ${id}, and is ${ours[0]?.id}`);
    if (count < least || count > most) {
      world.broken(`it is over with ${step} ${entry.state}, and of ours there is ${count}`);
    }
    if (entry.state === 'deleted' && !world.doubted.has(step))
      world.broken(`${step} is called deleted, and was refused`);
  }
}

/** Nobody undid it: but what the sweep did not leave to people is gone, except what was to be kept. */
function judgeSwept(world: World, { steps }: Ledger): void {
  if (!world.lastSweep || world.lastSweep.unknown > 0) return;
  for (const [step, { retain }] of Object.entries(world.scenario.plan.resources)) {
    const kept = steps[step]?.state === 'kept' || retain;
    if (!kept && world.ours(step).length > 0) world.broken(`it was terminated and swept, and ${step} is still there`);
  }
}

/** How many of ours may be there for a step that ended so. */
function expected(
  { foreign }: World,
  { state, adopted, skipped, id }: LedgerStep,
): readonly [least: number, most: number] {
  switch (state) {
    case 'kept':
      // In an undo an operator may also keep what is ours.
      return skipped || (adopted && foreign.has(id ?? '')) ? [0, 0] : [1, 1];
    case 'planned':
    case 'refused':
    case 'deleted':
      return [0, 0];
    case 'abandoned':
      return [0, 1];
    default:
      // No end of any step.
      return [2, 1];
  }
}
