/** What is promised to whoever sends a move: an answer, which is true, and a place in the ledger of whatever run ends the plan. */
import type { Ledger } from '../../contract/ledger.js';
import type { MoveName, MoveRequest } from '../../contract/moves.js';
import type { Run } from './model-run.js';
import { accepted, isUpdate } from './updates.js';
import { pathTo } from './workflow-tree.js';
import type { World } from './world.js';

interface Answered {
  readonly move: MoveName;
  readonly request: MoveRequest;
  readonly end: 'completed' | 'rejected' | undefined;
  readonly why: string;
}

/** Every move that this run accepted, in order. */
function answersOf({ node }: Run): readonly Answered[] {
  const path = pathTo(node);
  const ends = path.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.do === 'update' && command.is !== 'accepted' ? [command] : [])),
  );
  return path.flatMap(({ activation, commands }) => {
    const known = accepted(commands);
    const updates = (activation?.jobs ?? []).filter(isUpdate).filter(({ id }) => known.has(id));
    return updates.map(({ id, name, args }): Answered => {
      const end = ends.find((each) => each.id === id);
      const why = end?.is === 'rejected' ? end.failure.message : '';
      return { move: name as MoveName, request: args[0] as unknown as MoveRequest, end: end?.is, why };
    });
  });
}

/** A plan that needs approval creates nothing before somebody said yes. */
export function judgeApproved(world: World, label: string): void {
  if (world.scenario.plan.approval !== 'required') return;
  const words = answersOf(world.server.current).filter(({ end }) => end === 'completed');
  if (words.find(({ move }) => move === 'approve' || move === 'reject')?.move !== 'approve')
    world.broken(`${label} is sent, and nobody has approved`);
}

/** At the end. `told`: the ledger that the last run leaves. */
export function judgeAnswers(world: World, told: Ledger): void {
  const { runs, current } = world.server;
  for (const run of runs) {
    if (!run.close || run.close.as === 'Terminated') continue;
    for (const { end, request } of answersOf(run))
      if (!end) world.broken(`the move of ${request.by} was accepted, and the run closes without an answer`);
  }
  for (const answer of chainOf(runs, current).flatMap(answersOf)) {
    judgeNamed(world, told, answer);
    if (answer.end === 'completed') judgeDone(world, told, answer);
  }
}

/** The last run, and those that it continues. */
function chainOf(runs: readonly Run[], last: Run): readonly Run[] {
  const before = runs.find(({ info }) => info.runId === last.info.continuedFrom);
  return before ? [...chainOf(runs, before), last] : [last];
}

function judgeNamed(world: World, { moves }: Ledger, { request, end, why }: Answered): void {
  const entry = moves.find(({ by }) => by === request.by);
  if (entry?.result !== (end === 'completed' ? 'done' : 'failed'))
    world.broken(
      `${request.by} was answered that the move is ${end}, and the ledger says ${entry?.result ?? 'nothing'}`,
    );
  if (why.startsWith('cancelled')) world.broken(`a cancel takes the question of ${request.by} from the cloud`);
}

/** Whoever was told that it is done can rely on it. */
function judgeDone(world: World, { outcome, steps }: Ledger, { move, request }: Answered): void {
  const { step = '', by } = request;
  const untrue = (what: string) => world.broken(`${by} was told that ${move} is done, and ${what}`);
  const entry = steps[step];
  if (move === 'abandon' && entry?.state !== 'abandoned') untrue(`${step} is ${entry?.state}`);
  if (move === 'skip' && !entry?.skipped) untrue(`${step} is not skipped`);
  if (move === 'adopt' && entry?.id !== request.id && entry?.state !== 'deleted') untrue(`${step} is ${entry?.id}`);
  if (move === 'reject' || move === 'rollback') {
    if (outcome === 'Provisioned') untrue('the plan is Provisioned');
  }
  if (move === 'deprovision' && outcome !== 'Deprovisioned' && outcome !== 'Abandoned') untrue(`it is ${outcome}`);
}
