/**
 * Plans at random against random faults, judged by what is alive. Prints its seed; `PROVISIONER_SEED` repeats a run's
 * plans, and `PROVISIONER_TRIAL` one of them.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMarker } from '../../contract/marker.js';
import { workflowIdOf } from '../../contract/names.js';
import type { FaultAction } from '../../simulator/faults.js';
import type { ResourceView } from '../../simulator/resources.js';
import { Aftermath } from '../support/aftermath.js';
import { actionsOf } from '../support/fault-matrix.js';
import { type Closed, closingOf, judge } from '../support/judge.js';
import { laneConnections, Pool } from '../support/lanes.js';
import { faultsOf, nameOf, operationsOfAll, planOf, type RandomTrial, trials } from '../support/random-plans.js';
import { type ProvisionRun, useRig } from '../support/rig.js';

const RUNS = 500;
const AT_ONCE = 40;
/** A parked minute or two, and eight tries of an undo. */
const DEADLINE_MS = 300_000;

const USER = { userName: 'u', password: 'p', domainName: 'd' };
const rig = useRig({
  connections: (described) => laneConnections(described, { huawei: AT_ONCE, naver: AT_ONCE, alibaba: AT_ONCE }, USER),
});

const seed = Number(process.env.PROVISIONER_SEED ?? randomInt(2 ** 31));
const only = process.env.PROVISIONER_TRIAL;

interface Scene {
  readonly aftermath: Aftermath;
  readonly actions: ReadonlyMap<string, readonly FaultAction[]>;
  readonly outcomes: Map<string, number>;
}

test('random plans under random faults leave alive what their outcome says', { timeout: 1_800_000 }, async () => {
  process.stdout.write(`random plans: PROVISIONER_SEED=${seed}\n`);
  // Clouds that take a second resource of the same name: a create that is sent twice shows.
  rig.simulator.changeSettings({ naverDuplicates: 'accepted', alibabaDuplicates: 'accepted' });
  const scene: Scene = {
    aftermath: new Aftermath(rig.simulator),
    actions: new Map(operationsOfAll().map((name) => [name, actionsOf(rig.simulator, name)])),
    outcomes: new Map(),
  };
  const lanes = new Pool(Array.from({ length: AT_ONCE }, (_, i) => String(i + 1)));
  const drawn = fc.sample(trials, { seed, numRuns: RUNS }).map((trial, number) => ({ trial, number }));
  const chosen = drawn.filter(({ number }) => only === undefined || number === Number(only));
  const wrong = await Promise.all(
    chosen.map(({ trial, number }) => lanes.use((lane) => playTrial(trial, { number, lane, scene }))),
  );
  await sleep(1500);
  const open = wrong.flat().filter((text) => text.includes('is still open'));
  // Told first: what it waits for says more than that it is open.
  expect(open, `PROVISIONER_SEED=${seed}`).toEqual([]);
  await rig.checkStarted();
  const { faults } = rig.simulator.state();
  const met = faults.filter(({ fired }) => fired > 0);
  const tally = [...scene.outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  process.stdout.write(
    `random plans: ${chosen.length} runs: ${tally}; ${met.length} of ${faults.length} faults met a call\n`,
  );
  expect([...wrong.flat(), ...scene.aftermath.arrivals()], `PROVISIONER_SEED=${seed}`).toEqual([]);
  if (only === undefined) {
    // Every end and every fault was among them, or it was no trial of them; the one of a single operation may be missing.
    expect([...scene.outcomes.keys()].sort()).toEqual(['Cancelled', 'Provisioned', 'RolledBack']);
    const known = new Set([...scene.actions.values()].flat().filter((action) => action !== 'init-failed'));
    const missing = [...known].filter((action) => met.every((fault) => fault.do !== action));
    expect(missing).toEqual([]);
  }
});

interface Place {
  readonly number: number;
  readonly lane: string;
  readonly scene: Scene;
}

async function playTrial(trial: RandomTrial, { number, lane, scene }: Place): Promise<string[]> {
  const plan = planOf(trial, number, rig.planName(), lane);
  const callsOf = (step: string) => ({ userAgent: ` wf/${workflowIdOf(plan.name)} step/${step} ` });
  const bystanders = plantTaken(trial, number);
  rig.simulator.setFaults(faultsOf(trial, (operation) => scene.actions.get(operation) ?? [], callsOf));
  const run = await rig.start(plan);
  const { cancelAfterMs } = trial;
  if (cancelAfterMs !== undefined) void sleep(cancelAfterMs).then(() => cancel(run));
  const closed = await Promise.race([closingOf(run, plan), sleep(DEADLINE_MS, undefined, { ref: false })]);
  const tell = (text: string) => `PROVISIONER_TRIAL=${number}: ${text}\n${JSON.stringify({ trial, plan })}`;
  if (!closed) return [tell(`is still open: ${JSON.stringify((await rig.ledger(run)).steps)}`)];
  scene.outcomes.set(closed.outcome, (scene.outcomes.get(closed.outcome) ?? 0) + 1);
  const wrong = [
    ...judge({ closed, resources: rig.simulator.state().resources, bystanders }),
    ...judgeOutcome(trial, closed),
  ];
  scene.aftermath.clear(`PROVISIONER_TRIAL=${number}`, closed, bystanders);
  return wrong.map(tell);
}

/** A plan that nothing stood in the way of is provisioned, and nobody calls a cancel what was none. */
function judgeOutcome({ steps, faults, cancelAfterMs }: RandomTrial, { outcome }: Closed): string[] {
  const cancelled = cancelAfterMs !== undefined;
  if (outcome === 'Cancelled' && !cancelled) return ['closed as Cancelled, and nobody had cancelled it'];
  const hindered = cancelled || faults.length > 0 || steps.some(({ taken }) => taken !== 'no');
  return hindered || outcome === 'Provisioned' ? [] : [`closed as ${outcome}, and nothing stood in its way`];
}

/** A run that is over by then cannot be cancelled any more. */
async function cancel(run: ProvisionRun): Promise<void> {
  await run.cancel().catch(() => undefined);
}

function plantTaken({ steps }: RandomTrial, number: number): ResourceView[] {
  const runId = randomUUID();
  const marker = formatMarker({
    namespace: 'default',
    workflowId: 'provision-another',
    step: 's0',
    runId,
    keep: false,
  });
  const plan = planOf({ steps, faults: [], onFailure: 'rollback', cancelAfterMs: undefined }, number, 'planted', '1');
  return steps.flatMap((step, index) => {
    if (step.taken === 'no') return [];
    const kind = plan.resources[`s${index}`]?.kind as ResourceView['kind'];
    const description = step.taken === 'anothers' ? marker : 'somebody else made this';
    return [rig.simulator.resources.plant({ kind, name: nameOf(step, number, index), description })];
  });
}
