/** What may happen next in a world, in the order in which it would by itself. The first is what happens if nobody interferes. */
import { SEND_WINDOW_MS } from '../../activities/policies.js';
import { doorMoves, timeOut } from './door-moves.js';
import { interference } from './interference.js';
import { decisionsOf, offersNothing } from './operators.js';
import { isUpdate } from './updates.js';
import type { Hand, World } from './world.js';

export interface Move {
  /** Who moves: a schedule that lets another one go first, while this one could, has preempted it. */
  readonly actor: string;
  /** 1 where it is something that goes wrong. */
  readonly cost: 0 | 1;
  /** An operator's move, which has a bound of its own. */
  readonly decides?: true;
  /** What happens, as a sentence. Undefined where it is just the next thing. */
  readonly text?: string;
  go(): void | Promise<void>;
}

/** What a schedule may still hold. */
export interface Allowance {
  /** How many things may still go wrong. */
  adversities: number;
  preemptions: number | undefined;
  decisions: number;
}

export function movesOf(world: World, { adversities, decisions }: Allowance): readonly Move[] {
  const { server } = world;
  const outlived = world.hands.find((hand) => !world.isAttached(hand) && isOver(world, hand));
  if (outlived) return zombieMoves(world, outlived).filter(({ cost }) => cost <= adversities);
  const open = !server.current.close;
  const sent = open && server.current.jobs.some(isUpdate);
  // What was sent is delivered, with whatever else comes in time for the same task: to be late it is sent later.
  const others = sent ? [] : [...attemptMoves(world), ...timeMoves(world), ...lastSweep(world)];
  const natural = [...(open ? taskMoves(world) : []), ...others];
  const zombies = sent ? [] : world.hands.filter((hand) => !world.isAttached(hand));
  const theirs = zombies.flatMap((hand) => zombieMoves(world, hand));
  const moves = [...natural, ...hearings(world), ...landings(world), ...theirs];
  const decided = decisions > 0 && open ? decisionsOf(world) : [];
  const wrong = [...decided, ...(adversities > 0 ? interference(world) : [])];
  const affordable = moves.filter(({ cost }) => cost <= adversities);
  if (moves.length > 0) return [...inOrder(world, affordable), ...wrong];
  // It is over, unless somebody takes it up again. An open run with nothing left to happen is stuck.
  return open || wrong.length === 0 ? [] : [NOTHING_MORE, ...wrong];
}

/** Whatever a workflow had under way when it closed has landed by then. */
const LONG_AFTER_MS = 10 * 60_000;

const DAY_MS = 24 * 3_600_000;

/** Their attempts change nothing in a cloud. */
const READERS: readonly Hand['verb'][] = ['verify', 'adopt', 'read'];

export const NOTHING_MORE: Move = { actor: 'nobody', cost: 0, go() {} };

/**
 * While everybody only reads, and nothing is under way in a cloud, all see the same in whatever order: one order will do.
 * What may go wrong for any of them is kept.
 */
function inOrder(world: World, moves: readonly Move[]): readonly Move[] {
  const readsOnly = world.hands.every(({ verb }) => READERS.includes(verb));
  const still = [...world.clouds.values()].every(({ flying }) => flying.length === 0);
  return readsOnly && still ? moves.filter(({ cost, text }, index) => index === 0 || cost > 0 || text) : moves;
}

/** Where sweeps run at all, one runs behind every end; what a workflow could not undo itself is gone then. */
function lastSweep(world: World): Move[] {
  const { scenario, server, hands, lastSweep: done } = world;
  const { close, closedAt = 0 } = server.current;
  const due = scenario.adversities.includes('sweep') && close && close.as !== 'Completed' && hands.length === 0;
  if (!due || (done && done.begunAt >= closedAt + LONG_AFTER_MS)) return [];
  const go = () => {
    world.advance(Math.max(world.now, closedAt + LONG_AFTER_MS));
    world.startSweep();
  };
  return [{ actor: 'sweep', cost: 0, go }];
}

function taskMoves(world: World): Move[] {
  const { server } = world;
  const moves: Move[] = [];
  if (server.current.jobs.length > 0) moves.push({ actor: 'workflow', cost: 0, go: () => server.deliver() });
  for (const activity of server.current.activities.values()) {
    if (activity.state !== 'queued') continue;
    moves.push({ actor: activity.command.type, cost: 0, go: () => world.startAttempt(activity) });
  }
  return moves;
}

function attemptMoves(world: World): Move[] {
  const moves = world.hands.filter((hand) => world.isAttached(hand)).flatMap((hand) => doorMoves(world, hand));
  const goesOn = ({ actor }: Move) => actor === world.lastActor;
  return [...moves.filter(goesOn), ...moves.filter((move) => !goesOn(move))];
}

/**
 * What the server has given up goes on for as long as a request that has passed the fence may still be sent. After that it
 * can only read, however long it is cut off from the server: a create or a delete without a pass is a broken promise
 * (`judgeSent`). So it ends there, and at its first wait.
 */
function zombieMoves(world: World, hand: Hand): Move[] {
  return isOver(world, hand) ? [{ actor: hand.label, cost: 0, go: () => endZombie(hand) }] : doorMoves(world, hand);
}

function isOver(world: World, hand: Hand): boolean {
  const waits = hand.attempt.doors[0]?.door.at === 'pause';
  const over = waits || world.now > hand.lostAt + SEND_WINDOW_MS || READERS.includes(hand.verb);
  return hand.attempt.doors.length > 0 && over;
}

/** Its waits end at once, and what cannot be aborted ends with its deadline. */
function endZombie({ attempt }: Hand): void {
  if (attempt.heard === 'no') attempt.hear('lost');
  for (const open of [...attempt.doors]) timeOut(open);
}

function wake(world: World, hand: Hand, until: number): void {
  const [open] = hand.attempt.doors;
  world.advance(until);
  hand.attempt.log += `|woke ${world.now}`;
  if (world.isAttached(hand) && mustHear(hand) && hand.attempt.heard === 'no') hear(hand);
  else open?.answer(undefined);
}

function mustHear({ activity }: Hand): boolean {
  return activity.cancelRequested || activity.resetRequested !== 'no';
}

function hear({ activity, attempt }: Hand): void {
  attempt.hear(activity.cancelRequested ? 'asked' : 'lost');
}

/** Whoever waits longest for nothing but time. Others may be as late as they like, but none is early. */
function timeMoves(world: World): Move[] {
  const { current } = world.server;
  const waits: { readonly due: number; readonly move: Move }[] = [];
  for (const activity of current.activities.values()) {
    if (activity.state !== 'waiting') continue;
    const due = activity.scheduledAt;
    const go = () => {
      world.advance(due);
      activity.state = 'queued';
    };
    waits.push({ due, move: { actor: activity.command.type, cost: 0, go } });
  }
  for (const [seq, due] of current.timers) {
    // Nobody waits so long: somebody decides.
    if (due - world.now > DAY_MS && !current.cancelRequested) {
      if (offersNothing(world)) world.broken('it waits for a person, and its ledger offers nothing');
      waits.push({
        due,
        move: { actor: 'operator', cost: 0, text: 'an operator cancels', go: () => world.server.cancel() },
      });
      continue;
    }
    const go = () => {
      world.advance(due);
      world.server.fire(seq);
    };
    waits.push({ due, move: { actor: `timer ${seq}`, cost: 0, go } });
  }
  for (const hand of world.hands) {
    const [open] = hand.attempt.doors;
    if (open?.door.at !== 'pause' || !world.isAttached(hand)) continue;
    const { until } = open.door;
    waits.push({ due: until, move: { actor: hand.label, cost: 0, go: () => wake(world, hand, until) } });
  }
  const first = Math.min(...waits.map(({ due }) => due));
  return waits.filter(({ due }) => due === first).map(({ move }) => move);
}

/** An attempt learns with a heartbeat, at any time, that it is to stop. */
function hearings(world: World): Move[] {
  return world.hands
    .filter((hand) => world.isAttached(hand) && hand.attempt.heard === 'no' && mustHear(hand))
    .map((hand) => ({
      actor: hand.label,
      cost: 0,
      text: `${hand.label} hears that it is to stop`,
      go: () => hear(hand),
    }));
}

function landings(world: World): Move[] {
  return [...world.clouds].flatMap(([kind, cloud]) =>
    cloud.flying.map((flight) => ({
      actor: 'cloud',
      cost: 0 as const,
      text: `${kind}: the ${flight.is} that was under way happens now`,
      go: () => cloud.land(world.now, flight.seq),
    })),
  );
}
