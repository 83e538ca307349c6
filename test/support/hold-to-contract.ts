/** Holds a built-in kind to the contract of kinds, on a simulator of its own and with every row of its cloud's error table. */
import { afterAll, expect, test } from 'vitest';
import { ALIBABA_ERRORS } from '../../activities/providers/alibaba/errors.js';
import { BUILT_IN_KINDS } from '../../activities/providers/built-in.js';
import type { ErrorRow } from '../../activities/providers/error-table.js';
import { HUAWEI_ERRORS } from '../../activities/providers/huawei/errors.js';
import { NAVER_ERRORS } from '../../activities/providers/naver/errors.js';
import type { PlanResource } from '../../contract/plan.js';
import { type DocumentedError, kindContract, simulatorConnections, startSimulator } from '../../testing/index.js';
import { aiWorkspace, fabric, project, studio, workflow } from './resources.js';

export interface Held {
  /** A sound resource of the kind. */
  readonly resource: (name?: string) => PlanResource;
  readonly table: readonly ErrorRow[];
  /** What it calls, create first. */
  readonly operations: readonly [create: string, ...others: string[]];
  readonly pageSize: number;
}

/** By the name of the kind. */
export const HELD: Readonly<Record<string, Held>> = {
  'huawei.dataarts-studio.workspace': {
    resource: studio,
    table: HUAWEI_ERRORS,
    operations: ['CreateManagerWorkSpace', 'ListManagerWorkSpaces', 'BatchDeleteWorkspaces'],
    pageSize: 100,
  },
  'huawei.dataarts-fabric.workspace': {
    resource: fabric,
    table: HUAWEI_ERRORS,
    operations: ['CreateWorkspace', 'ListWorkspaces', 'DeleteWorkspace'],
    pageSize: 100,
  },
  'naver.data-forest.ai-workspace': {
    resource: aiWorkspace,
    table: NAVER_ERRORS,
    operations: ['aiworkspaces/create', 'aiworkspaces/getList', 'aiworkspaces/getDetail', 'aiworkspaces/delete'],
    // Data Forest's list has no pages.
    pageSize: 1,
  },
  'alibaba.dataworks.workflow': {
    resource: workflow,
    table: ALIBABA_ERRORS,
    operations: [
      'CreateWorkflowDefinition',
      'ListWorkflowDefinitions',
      'GetWorkflowDefinition',
      'DeleteWorkflowDefinition',
    ],
    pageSize: 100,
  },
  'alibaba.dataworks.project': {
    resource: project,
    table: ALIBABA_ERRORS,
    operations: ['CreateProject', 'ListProjects', 'DeleteProject'],
    pageSize: 100,
  },
};

const settings = { limits: { requestsPerMinute: 100_000, concurrency: 50 }, lateCommitWindow: '2s' };

function documented({ example, type, retryable, sent, reason }: ErrorRow): DocumentedError {
  return { ...example, type, retryable, sent, reason };
}

/** Call it at the top of a test file, with `await`. */
export async function holdToContract(name: string): Promise<void> {
  const simulator = await startSimulator();
  afterAll(() => simulator.close());
  const kind = BUILT_IN_KINDS.find((each) => each.name === name);
  const held = HELD[name];
  const connection = simulatorConnections(simulator.description, settings)[held?.resource().connection ?? ''];
  if (!kind || !held || !connection) throw new Error(`No kind ${name} to hold to the contract`);
  const { resource, table, operations, pageSize } = held;
  const cases = kindContract(kind, {
    connection,
    spec: (of) => resource(of).spec,
    pageSize,
    late: (of, ms) => simulator.setFaults({ operation: operations[0], do: 'late', ms, nth: 1, match: { name: of } }),
    errors: table.filter(({ example }) => operations.includes(example.operation)).map(documented),
  });
  // Lists of more than a page take their time on a machine that is busy with other tests.
  for (const { title, skip, run } of cases) test(title, { skip, timeout: 120_000 }, run);
  test('nothing that a case made is left, and each late commit came late', () => {
    expect(simulator.state().resources).toEqual([]);
    expect(simulator.state().faults.map(({ fired }) => fired)).toEqual([1, 1]);
  });
}
