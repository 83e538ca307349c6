/** Sagas to be hammered: of every kind, each with names of its own, so that many run side by side. */
import { expect } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { judge } from './alive.js';
import { faultOn } from './faults.js';
import { type TaskId, tasksOf } from './resets.js';
import { aiWorkspace, fabric, project, studio, workflow } from './resources.js';
import type { ProvisionRun, Rig } from './rig.js';
import { sideBySide } from './side-by-side.js';

/** By step: the operations that make its resource and take it back. */
export const OPERATIONS = {
  studio: { create: 'CreateManagerWorkSpace', delete: 'BatchDeleteWorkspaces' },
  fabric: { create: 'CreateWorkspace', delete: 'DeleteWorkspace' },
  project: { create: 'CreateProject', delete: 'DeleteProject' },
  ai: { create: 'aiworkspaces/create', delete: 'aiworkspaces/delete' },
  flow: { create: 'CreateWorkflowDefinition', delete: 'DeleteWorkflowDefinition' },
} as const;

export type Step = keyof typeof OPERATIONS;
export const STEPS = Object.keys(OPERATIONS) as Step[];

export interface Saga {
  readonly plan: Plan;
  readonly names: Readonly<Record<Step | 'doomed', string>>;
}

export interface Hammered extends Saga {
  readonly run: ProvisionRun;
}

let sagas = 0;

/** Every kind, on clouds that refuse duplicates and on clouds that accept them, in two levels. */
export function saga(rig: Rig): Saga {
  sagas += 1;
  const [line, dash] = [`_${sagas}`, `-${sagas}`];
  const names = {
    ...{ studio: `studio${line}`, fabric: `fabric${dash}`, project: `project${line}` },
    ...{ ai: `ai${dash}`, flow: `flow${line}`, doomed: `doomed${dash}` },
  };
  const resources = {
    studio: studio(names.studio),
    fabric: fabric(names.fabric),
    project: project(names.project),
    ai: aiWorkspace(names.ai, { dependsOn: ['studio'] }),
    flow: workflow(names.flow, { dependsOn: ['fabric', 'project'] }),
  };
  return { plan: { name: rig.planName(), resources }, names };
}

/** One step of a saga, alone. */
export function single(rig: Rig, step: Step): Saga {
  const { plan, names } = saga(rig);
  const { dependsOn: _none, ...resource } = plan.resources[step] as Plan['resources'][string];
  return { plan: { ...plan, resources: { [step]: resource } }, names };
}

/** The same with one step more, which is refused once everything else is there. */
export function doomed(rig: Rig, { plan, names }: Saga): Saga {
  const refuse = { operation: OPERATIONS.fabric.create, do: 'refuse', status: 400 } as const;
  rig.simulator.setFaults(faultOn(names.doomed, refuse));
  const last = fabric(names.doomed, { dependsOn: Object.keys(plan.resources) });
  return { plan: { ...plan, resources: { ...plan.resources, doomed: last } }, names };
}

/** Where a second create would make a second resource; and a name that is free again once its resource is gone. */
export function atItsWorst(rig: Rig): void {
  rig.simulator.changeSettings({ naverDuplicates: 'accepted', alibabaDuplicates: 'accepted', projectNameBlockedMs: 0 });
}

export interface Hammer {
  readonly title: string;
  /** A saga of its own, as far as it is to be when it is hammered. */
  begin(): Promise<Hammered>;
  check(one: Hammered, task: TaskId, label: string): Promise<void>;
}

/** Every hammer at every workflow task that its saga has by then. Says how many, so that a sample would be seen as one. */
export async function atEachTask(rig: Rig, hammers: readonly Hammer[]): Promise<void> {
  const cases: (readonly [Hammer, number])[] = [];
  const samples: ProvisionRun[] = [];
  await sideBySide(hammers, async (hammer) => {
    const { run } = await hammer.begin();
    const { length } = await tasksOf(rig, run);
    expect(length, hammer.title).toBeGreaterThan(0);
    process.stdout.write(`${hammer.title}: reset to each of ${length} tasks\n`);
    samples.push(run);
    for (let index = 0; index < length; index++) cases.push([hammer, index]);
  });
  await sideBySide(cases, async ([hammer, index]) => {
    const one = await hammer.begin();
    const tasks = await tasksOf(rig, one.run);
    await hammer.check(one, tasks[Math.min(index, tasks.length - 1)] as TaskId, `${hammer.title}, task ${index}`);
  });
  // Those that only told how many tasks there are come to their own ends.
  await Promise.all(samples.map((run) => judge(rig, run, 'not reset')));
  rig.expectFired();
}
