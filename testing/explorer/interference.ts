/** What goes wrong outside of any request: cancels, lost attempts, resets, workers that stop, somebody else's resources. */
import type { Activity } from './model-run.js';
import { updatesBehind } from './model-server.js';
import type { Move } from './moves.js';
import type { Adversity } from './scenario.js';
import type { Hand, World } from './world.js';

export function interference(world: World): Move[] {
  const open = !world.server.current.close;
  // Beside people's moves what else is sent to a run meets it where they do; scenarios without them have the rest.
  const due = world.scenario.decisions === undefined || world.news;
  const by: Readonly<Partial<Record<Adversity, () => Move[]>>> = {
    cancel: () => (open && due ? cancels(world) : []),
    'lost-attempts': () => (open ? attached(world).flatMap((hand) => givenUp(world, hand)) : []),
    workers: () => (open ? workers(world) : []),
    'activity-reset': () => (open ? activityResets(world) : []),
    'workflow-reset': () => (due ? workflowResets(world) : []),
    'continue-as-new': () => (open && due ? suggestions(world) : []),
    bystanders: () => (open ? newBystanders(world) : []),
    terminate: () =>
      open ? [doubtful(world, 'somebody terminates the workflow', () => world.server.terminate())] : [],
    sweep: () => (world.sweeps === 0 ? [wrong('a sweep begins', () => world.startSweep())] : []),
  };
  return world.scenario.adversities.flatMap((adversity) => by[adversity]?.() ?? []);
}

const attached = (world: World): Hand[] =>
  world.hands.filter((hand) => world.isAttached(hand) && hand.verb !== 'sweep');

function wrong(text: string, go: () => void | Promise<void>): Move {
  return { actor: 'somebody', cost: 1, text, go };
}

/** After it nobody can know any more what a create did: the ledger may doubt it, and undo it for that. */
function doubtful(world: World, text: string, go: () => void | Promise<void>): Move {
  const doubt = () => {
    for (const step of Object.keys(world.scenario.plan.resources)) world.doubted.add(step);
    return go();
  };
  return wrong(text, doubt);
}

function cancels(world: World): Move[] {
  const { server } = world;
  return server.current.cancelRequested ? [] : [doubtful(world, 'somebody cancels', () => server.cancel())];
}

/** A heartbeat that is lost takes with it what the attempt had noted since the last one, or not. */
function givenUp(world: World, { activity, attempt, verb, label }: Hand): Move[] {
  const { server } = world;
  const lose = (details: 'latest' | 'older', retry: { readonly final?: true }) => () => {
    if (details === 'latest') activity.details = attempt.latest;
    attempt.log += '|given up';
    server.failAttempt(activity, { is: 'timeout', code: retry.final ? 3 : 4 }, retry);
  };
  const moves = [doubtful(world, `the server gives ${label} up, which goes on`, lose('older', {}))];
  if (JSON.stringify(attempt.latest) !== JSON.stringify(activity.details)) {
    moves.push(doubtful(world, `the server gives ${label} up after its latest heartbeat`, lose('latest', {})));
  }
  if (verb === 'create')
    moves.push(doubtful(world, `the time for ${label} is over for good, it goes on`, lose('older', { final: true })));
  return moves;
}

function workers(world: World): Move[] {
  const { server } = world;
  const stopped = attached(world)
    .filter(({ attempt }) => attempt.heard === 'no')
    .map((hand) => doubtful(world, `the worker of ${hand.label} shuts down`, () => hand.attempt.hear('lost')));
  const waiting = [...server.current.activities.values()].filter(
    ({ state, number }) => state === 'queued' && number === 1,
  );
  const untaken = waiting.map((activity) =>
    doubtful(world, `no worker takes ${activity.command.type} in time`, () =>
      server.failAttempt(activity, { is: 'timeout', code: 2 }, { final: true }),
    ),
  );
  return [...stopped, ...untaken];
}

function activityResets(world: World): Move[] {
  const { server } = world;
  const reset = (activity: Activity, heartbeat: 'keep' | 'drop') =>
    doubtful(world, `an operator resets ${activity.command.type}, heartbeat details: ${heartbeat}`, () =>
      server.resetActivity(activity, heartbeat),
    );
  return [...server.current.activities.values()]
    .filter(({ state, resetRequested }) => state !== 'queued' && resetRequested === 'no')
    .flatMap((activity) => [reset(activity, 'keep'), reset(activity, 'drop')]);
}

function workflowResets(world: World): Move[] {
  const { server } = world;
  const { current } = server;
  return current.resetPoints.flatMap((point, index) => {
    const text = `an operator resets the workflow to its task ${index + 1}`;
    const again = doubtful(world, text, () => server.reset(index));
    if (updatesBehind(current, point).length === 0) return [again];
    return [again, doubtful(world, `${text}, without its updates`, () => server.reset(index, 'excluded'))];
  });
}

function suggestions({ server }: World): Move[] {
  const { current } = server;
  if (current.continueAsNewSuggested) return [];
  const suggest = () => {
    current.continueAsNewSuggested = true;
  };
  return [wrong('the server suggests to continue as new', suggest)];
}

function newBystanders(world: World): Move[] {
  if (world.foreign.size > 0) return [];
  return Object.keys(world.scenario.plan.resources).flatMap((step) =>
    (['none', 'other-run'] as const).map((marker) =>
      wrong(`somebody else makes a thing named like ${step}, marker: ${marker}`, () =>
        world.addBystander({ name: world.nameOf(step), marker }),
      ),
    ),
  );
}
