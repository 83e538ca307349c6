/**
 * Plans at random: graphs of up to six steps of all kinds, references, retained and adopted resources, faults on their
 * calls, somebody else's resources under their names, and now and then a cancel. All of it plain data, to be printed.
 */
import fc from 'fast-check';
import type { Json, Plan, PlanResource } from '../../contract/plan.js';
import type { Fault, FaultAction } from '../../simulator/faults.js';
import { aiWorkspace, fabric, project, studio, workflow } from './resources.js';

interface RandomKind {
  readonly resource: (name: string, more: Partial<PlanResource>) => PlanResource;
  readonly name: (number: number) => string;
  readonly line: 'huawei' | 'naver' | 'alibaba';
  /** The first creates. */
  readonly operations: readonly [string, ...string[]];
}

const KINDS: readonly RandomKind[] = [
  {
    resource: studio,
    name: (number) => `random_${number}`,
    line: 'huawei',
    operations: ['CreateManagerWorkSpace', 'ListManagerWorkSpaces', 'BatchDeleteWorkspaces'],
  },
  {
    resource: fabric,
    name: (number) => `random-${number}`,
    line: 'huawei',
    operations: ['CreateWorkspace', 'ListWorkspaces', 'DeleteWorkspace'],
  },
  {
    resource: aiWorkspace,
    name: (number) => `random-${number}`,
    line: 'naver',
    operations: ['aiworkspaces/create', 'aiworkspaces/getList', 'aiworkspaces/delete'],
  },
  {
    resource: workflow,
    name: (number) => `random_flow_${number}`,
    line: 'alibaba',
    operations: [
      'CreateWorkflowDefinition',
      'ListWorkflowDefinitions',
      'GetWorkflowDefinition',
      'DeleteWorkflowDefinition',
    ],
  },
  {
    resource: project,
    name: (number) => `random_${number}`,
    line: 'alibaba',
    operations: ['CreateProject', 'ListProjects', 'GetProject', 'DeleteProject'],
  },
];

const PROJECT = 4;
const WORKFLOW = 3;

export interface RandomStep {
  readonly kind: number;
  /** Earlier steps: the first is referred to, the others are waited for. */
  readonly needs: readonly number[];
  readonly refers: boolean;
  readonly retain: boolean;
  readonly ifExists: 'fail' | 'adopt';
  /** What has its name before the plan starts. */
  readonly taken: 'no' | 'unmarked' | 'anothers';
}

export interface RandomFault {
  readonly step: number;
  readonly operation: number;
  readonly action: number;
  readonly nth: number;
  readonly count: number;
  readonly ms: number;
}

export interface RandomTrial {
  readonly steps: readonly RandomStep[];
  readonly faults: readonly RandomFault[];
  readonly onFailure: 'rollback' | 'pause';
  readonly cancelAfterMs: number | undefined;
}

function stepAt(index: number): fc.Arbitrary<RandomStep> {
  return fc.record({
    kind: fc.nat({ max: KINDS.length - 1 }),
    needs: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat({ max: index - 1 }), { maxLength: 2 }),
    refers: fc.boolean(),
    retain: oneIn(6),
    ifExists: fc.oneof({ weight: 4, arbitrary: fc.constant('fail' as const) }, fc.constant('adopt' as const)),
    taken: fc.oneof(
      { weight: 12, arbitrary: fc.constant('no' as const) },
      fc.constantFrom('unmarked' as const, 'anothers' as const),
    ),
  });
}

const oneIn = (count: number) => fc.nat({ max: count - 1 }).map((drawn) => drawn === 0);

const fault: fc.Arbitrary<RandomFault> = fc.record({
  step: fc.nat({ max: 5 }),
  // Creates and look-ups are what every run makes.
  operation: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, { weight: 1, arbitrary: fc.nat({ max: 11 }) }),
  action: fc.nat({ max: 1000 }),
  nth: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }) }),
  count: fc.integer({ min: 1, max: 2 }),
  // Within the rig's late-commit window: what lands later is outside the promise.
  ms: fc.integer({ min: 100, max: 900 }),
});

const biased: fc.Arbitrary<RandomTrial> = fc
  .integer({ min: 1, max: 6 })
  .chain((length) =>
    fc.record({
      steps: fc.tuple(...Array.from({ length }, (_, index) => stepAt(index))),
      faults: fc.array(fault, { maxLength: 5 }),
      onFailure: fc.oneof({ weight: 9, arbitrary: fc.constant('rollback' as const) }, fc.constant('pause' as const)),
      cancelAfterMs: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, fc.nat({ max: 4000 })),
    }),
  )
  // Nobody else would end a plan that pauses.
  .map((trial) =>
    trial.onFailure === 'pause' ? { ...trial, cancelAfterMs: (trial.cancelAfterMs ?? 0) + 2000 } : trial,
  );

/** Not biased towards the small: the first fault of each list is no simpler than the last. */
export const trials = fc.noBias(biased);

/** The kind's own names, each used once: `number` is the run's. */
export function nameOf({ kind }: RandomStep, number: number, index: number): string {
  return kindOf(kind).name(number * 10 + index);
}

export function planOf({ steps, onFailure }: RandomTrial, number: number, planName: string, lane: string): Plan {
  const resources = steps.map((step, index): [string, PlanResource] => {
    const { resource, line } = kindOf(step.kind);
    const { retain, ifExists, needs } = step;
    // What is retained refers only to what is retained too.
    const refers = step.refers && needs.length > 0 && (!retain || steps[needs[0] as number]?.retain === true);
    const made = resource(nameOf(step, number, index), {
      connection: `${line}-${lane}`,
      dependsOn: needs.slice(refers ? 1 : 0).map((need) => `s${need}`),
      retain,
      ifExists,
    });
    return [`s${index}`, refers ? withReference(made, steps, step) : made];
  });
  return { name: planName, resources: Object.fromEntries(resources), onFailure };
}

/** In the description, or where a workflow belongs into a project, as its place. */
function withReference(made: PlanResource, steps: readonly RandomStep[], { kind, needs }: RandomStep): PlanResource {
  const [need = 0] = needs;
  const reference = { $ref: `s${need}.id` };
  if (kind === PROJECT) return { ...made, spec: { ...made.spec, Description: reference } };
  if (kind !== WORKFLOW) return { ...made, spec: { ...made.spec, description: reference } };
  return steps[need]?.kind === PROJECT
    ? { ...made, spec: { ...made.spec, ProjectId: reference } }
    : { ...made, spec: described(made, reference) };
}

function described({ spec }: PlanResource, description: Json): PlanResource['spec'] {
  const { Spec } = structuredClone(spec) as { Spec: { spec: { workflows: Record<string, Json>[] } } };
  for (const one of Spec.spec.workflows) one.description = description;
  return { Spec } as unknown as PlanResource['spec'];
}

/** Each meets the calls of its own step in its own run. */
export function faultsOf(
  { steps, faults }: RandomTrial,
  actionsFor: (operation: string) => readonly FaultAction[],
  callsOf: (step: string) => Fault['match'],
): Fault[] {
  return faults.map(({ step, operation, action, nth, count, ms }) => {
    const index = step % steps.length;
    const { operations } = kindOf(steps[index]?.kind ?? 0);
    const name = operations[operation % operations.length] as string;
    const drawn = pick(actionsFor(name), action);
    // A refused undo stands parked for a minute: seldom.
    const parks = drawn === 'refuse' && name !== operations[0] && action % 8 !== 0;
    const match = callsOf(`s${index}`);
    return { operation: name, do: parks ? 'throttle' : drawn, nth, count, ms, ...(match && { match }) };
  });
}

function pick(actions: readonly FaultAction[], drawn: number): FaultAction {
  return actions[drawn % actions.length] as FaultAction;
}

export function operationsOfAll(): string[] {
  return KINDS.flatMap(({ operations }) => operations);
}

function kindOf(kind: number): RandomKind {
  return KINDS[kind] as RandomKind;
}
