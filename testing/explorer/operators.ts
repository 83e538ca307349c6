/**
 * What people decide: whatever move the ledger offers at that moment, as a person sees it who asks the run. It may come too
 * late all the same: two in one task, one while another is under way, or beside whatever else happens.
 */
import type { MoveName, MoveRequest } from '../../contract/moves.js';
import type { Json } from '../../contract/plan.js';
import type { Move } from './moves.js';
import type { Decision } from './scenario.js';
import type { World } from './world.js';

export function decisionsOf(world: World): Move[] {
  // Between two such points only time passes: whatever a move meets there, it meets here.
  if (!world.news) return [];
  return (world.scenario.decisions ?? []).flatMap((decision) => {
    const request = offers(world, decision) ? requestOf(world, decision) : undefined;
    return request ? [asMove(world, decision, request)] : [];
  });
}

/** Nobody who asks the run could do anything but cancel it. */
export function offersNothing({ server }: World): boolean {
  const { attention, steps = {} } = server.current.node.ledger ?? {};
  const all = [attention, ...Object.values(steps).map((step) => step.attention)];
  return all.every((each) => !each || each.moves.length === 0);
}

function offers({ scenario, server }: World, { move, step }: Decision): boolean {
  const { ledger } = server.current.node;
  if (!ledger) return false;
  const { attention, steps, outcome } = ledger;
  if (move === 'deprovision') return scenario.plan.lifetime !== undefined && outcome === 'Provisioned';
  const holds = (moves: readonly MoveName[] = []) => moves.includes(move);
  if (step !== undefined) return holds(steps[step]?.attention?.moves);
  return holds(attention?.moves) || Object.values(steps).some((each) => holds(each.attention?.moves));
}

/** Undefined where the operator does not know what to name. Who it was tells one move from another in the ledger. */
function requestOf(world: World, { move, id, ...rest }: Decision): MoveRequest | undefined {
  const { step = '' } = rest;
  const by = `operator-${world.server.updates + 1}`;
  const named = id === 'own' ? world.ours(step)[0]?.id : [...world.foreign][0];
  if (id && named === undefined) return undefined;
  return {
    by,
    why: 'to explore',
    ...rest,
    ...(id && named !== undefined && { id: named }),
    ...(move === 'abandon' && { confirm: world.nameOf(step) }),
  };
}

function asMove({ server }: World, { move, step = '', id }: Decision, request: MoveRequest): Move {
  const what = [move, step, id && `with ${request.id}`].filter(Boolean).join(' ');
  const go = () => server.update(move, request as unknown as Json);
  return { actor: 'somebody', cost: 0, decides: true, text: `${request.by} sends: ${what}`, go };
}
