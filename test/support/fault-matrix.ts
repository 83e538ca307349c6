/**
 * The fault matrix as a table: each kind, where it stands in its plan, and what happens to the plan. The calls are not
 * listed: they are what a healthy run of that row was seen to make, each of them then meets every fault that it can.
 */
import type { PlanResource } from '../../contract/plan.js';
import { FAULT_ACTIONS, type Fault, type FaultAction } from '../../simulator/faults.js';
import type { Simulator } from '../../simulator/start.js';
import type { Line } from './lanes.js';
import { aiWorkspace, fabric, project, studio, workflow } from './resources.js';

export interface Subject {
  readonly title: string;
  readonly resource: (name: string, more: Partial<PlanResource>) => PlanResource;
  /** Legal for the kind, and no other run's. */
  readonly name: (number: number) => string;
  readonly createdBy: string;
  readonly line: Line;
  readonly partner: 'workflow' | 'project';
  /** Of the calls only these: the others are those of another row. */
  readonly only?: readonly string[];
  /** Somebody publishes it while it is being made, so that its undo has to take it offline first. */
  readonly published?: true;
  /** Set along with the fault, to reach a call that a healthy run does not make. */
  readonly beside?: Pick<Fault, 'operation' | 'do' | 'nth'>;
}

const STUDIO = {
  title: 'Studio workspace',
  resource: studio,
  name: (number) => `matrix_${number}`,
  createdBy: 'CreateManagerWorkSpace',
  line: 'huawei',
  partner: 'workflow',
} as const satisfies Subject;

const FABRIC = {
  title: 'Fabric workspace',
  resource: fabric,
  name: (number) => `matrix-${number}`,
  createdBy: 'CreateWorkspace',
  line: 'huawei',
  partner: 'workflow',
} as const satisfies Subject;

const WORKFLOW = {
  title: 'DataWorks workflow',
  resource: workflow,
  name: (number) => `matrix_flow_${number}`,
  createdBy: 'CreateWorkflowDefinition',
  line: 'alibaba',
  partner: 'project',
} as const satisfies Subject;

const TOKEN = ['KeystoneCreateUserTokenByPassword'];
const OFFLINE = ['CreatePipelineRun', 'GetPipelineRun', 'ExecPipelineRunStage'];

export const SUBJECTS: readonly Subject[] = [
  STUDIO,
  FABRIC,
  {
    title: 'AI workspace',
    resource: aiWorkspace,
    name: (number) => `matrix-${number}`,
    createdBy: 'aiworkspaces/create',
    line: 'naver',
    partner: 'workflow',
  },
  WORKFLOW,
  {
    title: 'DataWorks project',
    resource: project,
    name: (number) => `matrix_${number}`,
    createdBy: 'CreateProject',
    line: 'alibaba',
    partner: 'workflow',
  },
  { ...STUDIO, title: 'Studio workspace by password', line: 'huawei-iam', only: TOKEN },
  { ...FABRIC, title: 'Fabric workspace by password', line: 'huawei-iam', only: TOKEN },
  { ...WORKFLOW, title: 'published DataWorks workflow', published: true, only: OFFLINE },
  {
    ...WORKFLOW,
    title: 'DataWorks workflow that fails to go offline',
    published: true,
    beside: { operation: 'ExecPipelineRunStage', do: 'fail-before', nth: 1 },
    only: ['AbolishPipelineRun'],
  },
];

export const POSITIONS = ['alone', 'first of two', 'second of two'] as const;
export type Position = (typeof POSITIONS)[number];

/** `create`: nothing else goes wrong. `undo`: it is made, and then has to go. `cancel`: a cancel races its create. */
export const PATHS = ['create', 'undo', 'cancel'] as const;
/** `deprovision`: all is well, and is given up a while later. */
export type Path = (typeof PATHS)[number] | 'deprovision';

export interface Row {
  readonly subject: Subject;
  readonly position: Position;
  readonly path: Path;
}

export const ROWS: readonly Row[] = SUBJECTS.flatMap((subject) =>
  POSITIONS.flatMap((position) => PATHS.map((path) => ({ subject, position, path }))),
);

/** A token lives on from the create to the deprovisioning: whether another is asked for is chance, so those rows stay out. */
export const LATER_ROWS: readonly Row[] = SUBJECTS.filter(({ line }) => line !== 'huawei-iam').flatMap((subject) =>
  POSITIONS.map((position): Row => ({ subject, position, path: 'deprovision' })),
);

export interface FaultCase extends Row {
  readonly title: string;
  readonly fault: Fault;
  /** A refused undo is for a person: its step waits a minute before it tries again. */
  readonly parks: boolean;
}

/** Which faults the simulator has for an operation; clears those that are set. */
export function actionsOf(simulator: Simulator, operation: string): FaultAction[] {
  const fitting = FAULT_ACTIONS.filter((action) => {
    try {
      simulator.setFaults({ operation, do: action });
      return true;
    } catch {
      return false;
    }
  });
  simulator.clearFaults();
  return fitting;
}

/** The calls of a healthy run, in order, under every fault each. */
export function casesOf(row: Row, calls: readonly string[], actionsFor: (operation: string) => FaultAction[]) {
  const { only } = row.subject;
  const seen = new Map<string, number>();
  return calls.flatMap((operation): FaultCase[] => {
    const nth = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, nth);
    if ((only && !only.includes(operation)) || nth > sureOf(operation, row)) return [];
    return actionsFor(operation).map((action) => faultCase(row, { operation, nth, do: action }));
  });
}

/** How often a call is sure to come: a wait polls as often as it must, a token is fetched again when it has run out. */
function sureOf(operation: string, { path }: Row): number {
  if (operation === 'ListProjects' && deletes(path)) return Number.POSITIVE_INFINITY;
  return SURE[operation] ?? Number.POSITIVE_INFINITY;
}

/** Whether the faults meet the deletes of a step, and what goes with them. */
export function deletes(path: Path): boolean {
  return path === 'undo' || path === 'deprovision';
}

const SURE: Readonly<Record<string, number>> = {
  ListProjects: 1,
  GetPipelineRun: 2,
  ExecPipelineRunStage: 2,
  KeystoneCreateUserTokenByPassword: 1,
};

function faultCase(row: Row, fault: Fault & { readonly nth: number }): FaultCase {
  const { subject, position, path } = row;
  const title = `${subject.title}, ${position}, ${path}: ${fault.do} on ${fault.operation} ${fault.nth}`;
  const parks = deletes(path) && fault.do === 'refuse';
  return { ...row, title, fault: { ...fault, ...timing(fault, title) }, parks };
}

/**
 * One case for each kind, position, operation and fault. Where the operation is called several times, another of its
 * calls in each: first looks, waits, the undo's looks and its verification all get their share of every fault.
 */
export function oneOfEach(all: readonly FaultCase[]): FaultCase[] {
  // Which answer of its create a cancel meets matters, where the step stands matters little: one position each.
  const racing = ({ position, fault }: FaultCase) =>
    FAULT_ACTIONS.indexOf(fault.do) % 3 === POSITIONS.indexOf(position);
  const cases = all.filter(({ path }) => path !== 'cancel');
  const cells = groupBy(
    cases,
    ({ subject, position, fault }) => `${subject.title} ${position} ${fault.operation} ${fault.do}`,
  );
  const drawn = [...cells.values()].flatMap((cell) => {
    const [{ fault, position }] = cell as [FaultCase];
    const turn = FAULT_ACTIONS.indexOf(fault.do) + 2 * POSITIONS.indexOf(position);
    return cell.slice(turn % cell.length).slice(0, 1);
  });
  return [...drawn, ...all.filter((each) => each.path === 'cancel' && racing(each))];
}

/** Hung calls are cut after a moment, late effects land within the window; some faults come twice in a row. */
function timing(fault: Fault, title: string): Partial<Fault> {
  const twice = hash(title) % 4 === 0 ? { count: 2 } : {};
  switch (fault.do) {
    case 'hang-before':
    case 'hang-after':
      // Now and then nobody cuts it, and our own deadline has to.
      return hash(title) % 16 === 1 ? {} : { ms: 400, ...twice };
    case 'late':
      return { ms: 700 };
    case 'slow':
      return { ms: 700, ...twice };
    case 'stale-list':
      return { ms: 900, ...twice };
    case 'refuse':
    case 'init-failed':
      return {};
    default:
      return twice;
  }
}

/** The same for the same title, on every machine. */
function hash(text: string): number {
  let value = 7;
  for (const char of text) value = (value * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return value;
}

/** As many as wanted, spread over kinds and faults alike: one of each pair, then the next of each. */
export function sampleOf(cases: readonly FaultCase[], size: number): FaultCase[] {
  const pairs = [...groupBy(cases, ({ subject, fault }) => `${subject.createdBy} ${fault.do}`).values()];
  // From a different place in each group, or all would be the first call of a step that stands alone.
  const turned = pairs.map((pair, i) => [...pair, ...pair].slice((i * 7) % pair.length).slice(0, pair.length));
  const rounds = Math.max(0, ...turned.map(({ length }) => length));
  const order = Array.from({ length: rounds }, (_, round) => turned.flatMap((pair) => pair.slice(round, round + 1)));
  return order.flat().slice(0, size);
}

function groupBy(cases: readonly FaultCase[], keyOf: (each: FaultCase) => string): Map<string, FaultCase[]> {
  const groups = new Map<string, FaultCase[]>();
  for (const each of cases) {
    const key = keyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups;
}

/** What a run may come to, with this fault or with none. A cancel that races its create may come too late. */
export function expectedOutcomes({
  position,
  path,
  fault,
}: Row & { readonly fault: Fault | undefined }): readonly string[] {
  if (path === 'cancel') return ['Cancelled', 'RolledBack', 'Provisioned'];
  if (path === 'deprovision') return ['Deprovisioned'];
  if (path === 'undo') return [position === 'first of two' ? 'RolledBack' : 'Cancelled'];
  return [fault?.do === 'refuse' || fault?.do === 'init-failed' ? 'RolledBack' : 'Provisioned'];
}
