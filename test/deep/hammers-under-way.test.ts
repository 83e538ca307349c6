/** Operators' commands while a saga is under way: its workflow reset to any task, its activities reset and paused. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fault } from '../../simulator/faults.js';
import { judge } from '../support/alive.js';
import { faultOn, untilMet } from '../support/faults.js';
import {
  atEachTask,
  atItsWorst,
  doomed,
  type Hammer,
  OPERATIONS,
  type Saga,
  STEPS,
  type Step,
  saga,
  single,
} from '../support/hammers.js';
import { resetTo } from '../support/resets.js';
import { type ProvisionRun, useRig } from '../support/rig.js';
import { sideBySide } from '../support/side-by-side.js';
import { flagsOf, resetByCli, temporal } from '../support/temporal-cli.js';

const rig = useRig();

type Verb = 'create' | 'delete';

/** `slow`: its effect is there, its answer is not. `late`: its answer is lost, and its effect is still to come. */
const HELD = { slow: { do: 'slow', ms: 2500 }, late: { do: 'late', ms: 5000 } } as const;

interface Held {
  readonly step: Step;
  readonly verb: Verb;
  readonly how: keyof typeof HELD;
  /** Becomes live meanwhile, so that there is a task behind the held create: a reset to it hands that create over. */
  readonly beside?: Step;
  readonly judged: [ProvisionRun, string][];
}

function whileHeld({ step, verb, how, beside, judged }: Held): Hammer {
  return {
    title: `${verb} of ${step} ${how}`,
    begin: async () => {
      const one = verb === 'create' ? saga(rig) : doomed(rig, saga(rig));
      const fault = faultOn(one.names[step], { operation: OPERATIONS[step][verb], ...HELD[how] });
      rig.simulator.setFaults(fault);
      if (beside) {
        const operation = OPERATIONS[beside].create;
        rig.simulator.setFaults(faultOn(one.names[beside], { operation, do: 'slow', ms: 1000 }));
      }
      const run = await rig.start(one.plan);
      await untilMet(rig, run, fault);
      if (beside) await rig.until(run, ({ steps }) => steps[beside]?.state === 'live');
      return { ...one, run };
    },
    check: async ({ run }, task, label) => {
      const again = await resetTo(rig, run, task);
      await judge(rig, again, label);
      judged.push([again, label]);
    },
  };
}

test('a saga reset to every task while a create or a delete is in flight leaves each once or nothing', async () => {
  atItsWorst(rig);
  const judged: [ProvisionRun, string][] = [];
  const held = (verb: Verb, how: Held['how'], steps: readonly Step[]) =>
    steps.map((step) => whileHeld({ step, verb, how, judged }));
  const handedOver = whileHeld({ step: 'ai', verb: 'create', how: 'late', beside: 'fabric', judged });
  const creates = [handedOver, ...held('create', 'slow', STEPS), ...held('create', 'late', ['ai', 'flow'])];
  const deletes = held('delete', 'slow', ['fabric', 'ai']);
  await atEachTask(rig, [...deletes, ...creates]);
  // What the runs before still had in flight has landed by now.
  await sleep(5000);
  for (const [again, label] of judged) await judge(rig, again, `${label}, later`);
});

test('a saga that is reset to every task while an undo is parked leaves nothing or is provisioned', async () => {
  atItsWorst(rig);
  const parked = (step: 'fabric' | 'ai'): Hammer => ({
    title: `undo of ${step} parked`,
    begin: async () => {
      const one = doomed(rig, saga(rig));
      rig.simulator.setFaults(
        faultOn(one.names[step], { operation: OPERATIONS[step].delete, do: 'refuse', status: 403 }),
      );
      const run = await rig.start(one.plan);
      await rig.until(run, ({ steps }) => steps[step]?.attention !== undefined);
      return { ...one, run };
    },
    check: async ({ run }, task, label) => {
      await judge(rig, await resetByCli(rig, run, task), label);
    },
  });
  await atEachTask(rig, [parked('fabric'), parked('ai')]);
});

/** Where an attempt is when the command comes, and the fault that brings it there. */
const PHASES = {
  'in flight': { do: 'slow', ms: 5000 },
  'in back-off': { do: 'throttle' },
  'in back-off after an error': { do: 'fail-before' },
  'in back-off after a lost answer': { do: 'cut-after' },
  'in back-off before its effect': { do: 'late', ms: 3000 },
} as const satisfies Record<string, Omit<Fault, 'operation'>>;
type Phase = keyof typeof PHASES;

/** What an operator does to an activity: with the command where there is time for it, as the same call in a back-off. */
interface Command {
  byHand(flags: readonly string[]): Promise<unknown>;
  asCall(activity: { namespace: string; execution: object; id: string }): Promise<unknown>;
}

const service = () => rig.client.workflowService;

const RESET: Command = {
  byHand: (flags) => temporal('activity', 'reset', ...flags),
  asCall: (activity) => service().resetActivity(activity),
};
const RESET_FORGETTING: Command = {
  byHand: (flags) => temporal('activity', 'reset', '--clear-heartbeat-details', ...flags),
  asCall: (activity) => service().resetActivity({ ...activity, resetHeartbeat: true }),
};
const PAUSE_AND_GO_ON: Command = {
  byHand: async (flags) => {
    await temporal('activity', 'pause', ...flags);
    await temporal('activity', 'unpause', ...flags);
  },
  asCall: async (activity) => {
    await service().pauseActivity({ ...activity, reason: 'a test' });
    await service().unpauseActivity(activity);
  },
};

interface ActivityCase {
  readonly step: Step;
  readonly verb: Verb;
  readonly phase: Phase;
  /** The first delete was refused for good and the undo parked: this is the next. */
  readonly parked?: true;
  readonly command: Command;
}

/** Long enough for a command to come before the next attempt has found what the first one made. */
const SLOW_LOOKS = [
  'ListManagerWorkSpaces',
  'ListWorkspaces',
  'aiworkspaces/getList',
  'ListProjects',
  'ListWorkflowDefinitions',
].map((operation) => ({ operation, do: 'slow', ms: 1500 }) as const);

/** An attempt has failed, and the next one waits. */
async function untilBackOff(run: ProvisionRun, activityId: string): Promise<void> {
  for (;;) {
    const { status, raw } = await run.describe();
    const pending = raw.pendingActivities?.find((each) => each.activityId === activityId);
    if (pending?.lastFailure) return;
    if (status.name !== 'RUNNING') throw new Error(`${run.workflowId} ended before ${activityId} failed`);
    await sleep(50);
  }
}

function begun({ step, verb, phase, parked }: ActivityCase): { one: Saga; fault: Fault } {
  const one = verb === 'create' ? single(rig, step) : doomed(rig, single(rig, step));
  const operation = OPERATIONS[step][verb];
  const fault = faultOn(one.names[step], { operation, ...PHASES[phase], nth: parked ? 2 : 1 });
  if (parked) rig.simulator.setFaults(faultOn(one.names[step], { operation, do: 'refuse', status: 403 }));
  rig.simulator.setFaults(fault);
  return { one, fault };
}

async function hammerActivity(each: ActivityCase): Promise<void> {
  const { step, verb, phase, parked, command } = each;
  const { one, fault } = begun(each);
  const run = await rig.start(one.plan);
  await untilMet(rig, run, fault);
  const id = `${step}.${verb}`;
  if (phase === 'in flight') {
    await command.byHand(['--activity-id', id, ...flagsOf(run)]);
  } else {
    await untilBackOff(run, id);
    const execution = { workflowId: run.workflowId, runId: run.firstExecutionRunId };
    await command.asCall({ namespace: 'default', execution, id });
  }
  // An effect that is still to come must come before anybody judges.
  const landed = 'ms' in fault ? sleep(fault.ms) : undefined;
  const label = `${verb} of ${step} ${phase}${parked ? ', parked before' : ''}`;
  expect(await judge(rig, run, label), label).toBe(verb === 'create' ? 'Provisioned' : 'RolledBack');
  await landed;
  await judge(rig, run, `${label}, later`);
}

const everyPhase = Object.keys(PHASES) as Phase[];

test('a create whose activity is reset in any phase, even forgetting what it did, makes one resource', async () => {
  atItsWorst(rig);
  rig.simulator.setFaults(SLOW_LOOKS);
  const cases = STEPS.flatMap((step) =>
    everyPhase.flatMap((phase) =>
      [RESET, RESET_FORGETTING].map((command) => ({ step, verb: 'create', phase, command }) as const),
    ),
  );
  await sideBySide(cases, hammerActivity);
  rig.expectFired();
  process.stdout.write(`activity resets of creates: ${cases.length}\n`);
});

test('an undo whose activity is reset in any phase, parked before or not, leaves nothing', async () => {
  atItsWorst(rig);
  rig.simulator.setFaults(SLOW_LOOKS);
  const undo = { verb: 'delete', command: RESET_FORGETTING } as const;
  // The longest first: a parked undo tries again after a minute.
  const parked = (['fabric', 'ai'] as const).flatMap((step) =>
    (['in flight', 'in back-off after an error'] as const).map(
      (phase) => ({ step, phase, parked: true, ...undo }) as const,
    ),
  );
  const cases = STEPS.flatMap((step) => everyPhase.map((phase) => ({ step, phase, ...undo }) as const));
  await sideBySide([...parked, ...cases], hammerActivity);
  rig.expectFired();
  process.stdout.write(`activity resets of deletes: ${cases.length + parked.length}\n`);
});

test('an activity that is paused in any phase and goes on leaves one resource, or none after an undo', async () => {
  atItsWorst(rig);
  rig.simulator.setFaults(SLOW_LOOKS);
  const cases = STEPS.flatMap((step) =>
    (['create', 'delete'] as const).flatMap((verb) =>
      (['in flight', 'in back-off after a lost answer'] as const).map(
        (phase) => ({ step, verb, phase, command: PAUSE_AND_GO_ON }) as const,
      ),
    ),
  );
  await sideBySide(cases, hammerActivity);
  rig.expectFired();
  process.stdout.write(`activities paused: ${cases.length}\n`);
});
