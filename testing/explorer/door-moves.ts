/** What can come through the door at which an attempt waits: first what a healthy cloud answers, then what else may. */
import { CancelledFailure } from '@temporalio/common';
import { ProviderError } from '../../activities/provider-error.js';
import type { Json } from '../../contract/plan.js';
import { judgeCreate, judgeDelete, judgeSent } from './judge.js';
import {
  DUPLICATE,
  type Facts,
  FORBIDDEN,
  LOST,
  NOT_EMPTY,
  NOT_FOUND,
  NOT_SENT,
  REFUSED,
  THROTTLED,
  UNCLEAR,
} from './model-failures.js';
import { PROVIDER } from './model-kind.js';
import type { Move } from './moves.js';
import { type OpenDoor, TOO_LATE } from './running-attempt.js';
import type { Adversity, Given } from './scenario.js';
import { describeRun } from './server-answers.js';
import type { Hand, World } from './world.js';

/** The deadline of a request: what it answers may be as old. */
const REQUEST_MS = 20_000;

export function doorMoves(world: World, hand: Hand): Move[] {
  const [open] = hand.attempt.doors;
  switch (open?.door.at) {
    case undefined:
    case 'pause':
      return [];
    case 'fence':
      return [
        through(world, hand, 'fence', () => passFence(world, hand, open)),
        ...allowed(world, 'workers', [
          wrong(world, hand, 'the server cannot be asked whether it still counts', () => open.fail(new Error('14'))),
        ]),
      ];
    case 'owner':
      return [through(world, hand, 'owner', () => open.answer(world.scenario.ownerState ?? 'unknown'))];
    case 'describe': {
      const { workflowId, runId } = open.door;
      return [through(world, hand, 'describe', () => open.answer(describeRun(world.server, workflowId, runId)))];
    }
    case 'request':
      switch (open.door.operation) {
        case 'List':
          return listMoves(world, hand, open);
        case 'Create':
          return createMoves(world, hand, open, open.door);
        case 'Delete':
          return deleteMoves(world, hand, open, (open.door.json as { readonly id: string }).id);
      }
  }
}

function through(world: World, hand: Hand, what: string, go: () => void): Move {
  return {
    actor: hand.label,
    cost: 0,
    go: () => {
      hand.attempt.log += `|${what} ${world.now}`;
      go();
    },
  };
}

function wrong(world: World, hand: Hand, what: string, go: () => void): Move {
  return {
    actor: hand.label,
    cost: 1,
    text: `${hand.label}: ${what}`,
    go: () => {
      hand.attempt.log += `|${what} ${world.now}`;
      go();
    },
  };
}

/** The server takes the progress, and says whether the attempt still counts. */
function passFence(world: World, hand: Hand, open: OpenDoor): void {
  const { activity, attempt } = hand;
  if (!world.isAttached(hand)) {
    open.fail(new CancelledFailure('The server has given this attempt up'));
    return;
  }
  activity.details = attempt.latest;
  const stop = activity.cancelRequested || activity.resetRequested !== 'no';
  if (!stop) {
    open.answer(undefined);
    return;
  }
  if (attempt.heard === 'no') attempt.hear(activity.cancelRequested ? 'asked' : 'lost');
  open.fail(new CancelledFailure('Cancelled before the request was sent'));
}

/** Nothing came in time. */
export function timeOut(open: OpenDoor): void {
  if (open.door.at === 'request') refuse(open, open.door.operation, LOST);
  else open.fail(new CancelledFailure('The server cannot be reached'));
}

function refuse(open: OpenDoor, operation: string, facts: Facts): void {
  open.fail(new ProviderError(`${operation}: ${facts.type}`, { ...facts, provider: PROVIDER, operation }));
}

/** Where this request is certain to go wrong: that, and nothing else. */
function certain(world: World, hand: Hand, operation: Given['operation'], go: (how: Given['how']) => void): Move[] {
  const given = [...world.given].find((each) => each.operation === operation && each.step === hand.step);
  if (!given) return [];
  const happen = () => {
    world.given.delete(given);
    go(given.how);
  };
  const what = `${operation.toLowerCase()}, ${given.how}`;
  return [{ ...through(world, hand, what, happen), text: `${hand.label}: the ${what}` }];
}

function allowed(world: World, adversity: Adversity, moves: Move[]): Move[] {
  return world.scenario.adversities.includes(adversity) ? moves : [];
}

function listMoves(world: World, hand: Hand, open: OpenDoor): Move[] {
  const { cloud } = hand;
  const copies = (things: readonly object[]) => things.map((thing) => ({ ...thing }));
  const truth = copies(cloud.shown());
  const answer = (things: object[]) => {
    world.looks += 1;
    // Whose look-up it is does not matter to the others that share it: they get the same.
    for (const each of world.hands)
      if (each.attempt.doors.length === 0) each.attempt.log += `|shared ${JSON.stringify(things)}`;
    hand.attempt.log += JSON.stringify(things);
    open.answer(things);
  };
  const refused = () => refuse(open, 'List', FORBIDDEN);
  const asked = open.asked ?? truth;
  if (open.slow) {
    const late = () => {
      world.advance(world.now + REQUEST_MS);
      answer([...asked]);
    };
    return [through(world, hand, 'list, late', late)];
  }
  const wait = () => {
    open.slow = true;
  };
  const stale = cloud.stale(world.now);
  const sameAsAsked = JSON.stringify(asked) === JSON.stringify(truth);
  const lags = stale && JSON.stringify(stale) !== JSON.stringify(truth) ? [stale] : [];
  return [
    through(world, hand, 'list', () => answer(truth)),
    // Whatever happened while it was under way need not be in it.
    ...(sameAsAsked
      ? []
      : [
          {
            ...through(world, hand, 'list, as asked', () => answer([...asked])),
            text: `${hand.label}: the list is as old as its question`,
          },
        ]),
    ...allowed(
      world,
      'stale-lists',
      lags.map((things) =>
        wrong(world, hand, 'the list shows what was there before the last change', () => answer(copies(things))),
      ),
    ),
    ...allowed(world, 'slow-clouds', [wrong(world, hand, 'the look-up takes as long as a request may', wait)]),
    ...allowed(world, 'requests', [
      wrong(world, hand, 'the look-up is throttled', () => refuse(open, 'List', THROTTLED)),
      wrong(world, hand, 'the look-up is refused for good', refused),
    ]),
    ...allowed(world, 'refusals', [wrong(world, hand, 'the look-up is refused for good', refused)]),
  ];
}

function createMoves(
  world: World,
  hand: Hand,
  open: OpenDoor,
  { json, sendBefore }: { readonly json: Json; readonly sendBefore?: number },
): Move[] {
  const { cloud } = hand;
  const { name, description } = json as { readonly name: string; readonly description?: string };
  if (sendBefore !== undefined && world.now > sendBefore) {
    return [through(world, hand, 'too late', () => open.answer(TOO_LATE))];
  }
  judgeSent(world, hand);
  judgeCreate(world, hand);
  const { answersId, duplicates } = cloud.model;
  const made = (status: 'ready' | 'pending' | 'failed', shown: boolean) => {
    world.doubted.add(hand.step);
    const thing = cloud.create(world.now, name, description);
    if (!thing) throw new Error('the name is taken');
    Object.assign(thing, { status, shown });
    if (!shown) cloud.launch(world.now, { is: 'show', id: thing.id });
    if (status === 'pending') cloud.launch(world.now, { is: 'ready', id: thing.id });
    hand.attempt.log += thing.id;
    open.answer(answersId ? { id: thing.id } : {});
  };
  const launch = (facts: Facts) => {
    world.doubted.add(hand.step);
    cloud.launch(world.now, { is: 'create', name, description });
    refuse(open, 'Create', facts);
  };
  const sure = certain(world, hand, 'Create', (how) =>
    how === 'refused' ? refuse(open, 'Create', REFUSED) : launch(UNCLEAR),
  );
  if (sure.length > 0) return sure;
  const taken = duplicates === 'refused' && cloud.things.some((thing) => thing.name === name);
  const natural = taken
    ? through(world, hand, 'duplicate', () => {
        // Of what, only a list can tell, and that may lag behind.
        world.doubted.add(hand.step);
        refuse(open, 'Create', DUPLICATE);
      })
    : through(world, hand, 'create', () => made('ready', true));
  return [
    natural,
    ...allowed(world, 'requests', [
      wrong(world, hand, 'the answer to the create is lost, its effect may still land', () => launch(LOST)),
      wrong(world, hand, 'the create is refused for good', () => refuse(open, 'Create', REFUSED)),
      wrong(world, hand, 'the create is throttled', () => refuse(open, 'Create', THROTTLED)),
      wrong(world, hand, 'the create cannot be sent', () => refuse(open, 'Create', NOT_SENT)),
      wrong(world, hand, 'the create fails for good with an unclear answer, its effect may still land', () =>
        launch(UNCLEAR),
      ),
    ]),
    ...allowed(world, 'refusals', [
      wrong(world, hand, 'the create is refused for good', () => refuse(open, 'Create', REFUSED)),
      wrong(world, hand, 'the create fails for good with an unclear answer, its effect may still land', () =>
        launch(UNCLEAR),
      ),
    ]),
    ...(taken
      ? []
      : allowed(world, 'slow-clouds', [
          wrong(world, hand, 'what is created does not show yet', () => made('ready', false)),
          wrong(world, hand, 'what is created is not ready yet', () => made('pending', true)),
          wrong(world, hand, 'what is created turns out broken', () => made('failed', true)),
        ])),
  ];
}

function deleteMoves(world: World, hand: Hand, open: OpenDoor, id: string): Move[] {
  const { cloud } = hand;
  const { sendBefore } = open.door as { readonly sendBefore?: number };
  judgeDelete(world, hand, id);
  if (sendBefore !== undefined && world.now > sendBefore) {
    return [through(world, hand, 'too late', () => open.answer(TOO_LATE))];
  }
  judgeSent(world, hand);
  const gone = () => {
    cloud.remove(world.now, id);
    open.answer({});
  };
  const slow = () => {
    const thing = cloud.find(id);
    if (thing) thing.status = 'deleting';
    cloud.launch(world.now, { is: 'vanish', id });
    open.answer({});
  };
  const lost = (facts: Facts) => {
    cloud.launch(world.now, { is: 'delete', id });
    refuse(open, 'Delete', facts);
  };
  if (!cloud.find(id)) return [through(world, hand, 'not found', () => refuse(open, 'Delete', NOT_FOUND))];
  const sure = certain(world, hand, 'Delete', (how) =>
    how === 'refused' ? refuse(open, 'Delete', NOT_EMPTY) : lost(UNCLEAR),
  );
  if (sure.length > 0) return sure;
  return [
    through(world, hand, 'delete', gone),
    ...allowed(world, 'requests', [
      wrong(world, hand, 'the answer to the delete is lost, its effect may still land', () => lost(LOST)),
      wrong(world, hand, 'the delete is refused for good', () => refuse(open, 'Delete', FORBIDDEN)),
      wrong(world, hand, 'the delete is throttled', () => refuse(open, 'Delete', THROTTLED)),
    ]),
    ...allowed(world, 'refusals', [
      wrong(world, hand, 'the delete is refused, for it is not empty', () => refuse(open, 'Delete', NOT_EMPTY)),
      wrong(world, hand, 'the delete fails for good with an unclear answer, its effect may still land', () =>
        lost(UNCLEAR),
      ),
    ]),
    ...allowed(world, 'slow-clouds', [wrong(world, hand, 'the delete takes a while', slow)]),
  ];
}
