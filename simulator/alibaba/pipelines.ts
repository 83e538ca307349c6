/**
 * Publishing a workflow and taking it offline: a pipeline of stages, of which Build runs by itself and the others wait for
 * ExecPipelineRunStage, in order. Source: DataWorks 2024-05-18 pipeline calls; aliyun skills, "deploy guide".
 */
import { randomUUID } from 'node:crypto';
import { RefusedCall } from '../operation.js';
import type { DataWorksWorkflow, Resource, World } from '../world.js';
import { invalidParameter, type Parameters } from './parameters.js';
import { projectOf } from './projects.js';

interface Stage {
  readonly code: string;
  readonly type: 'Build' | 'Check' | 'Deploy' | 'Offline';
  status: 'Init' | 'Running' | 'Success' | 'Fail' | 'Termination';
  startedAt: number;
}

interface Pipeline {
  readonly id: string;
  readonly projectId: string;
  readonly workflow: Resource<DataWorksWorkflow>;
  readonly becomesPublished: boolean;
  readonly runsByItself: boolean;
  readonly createdAt: number;
  readonly stages: readonly Stage[];
}

/** As seen in simple mode; standard mode has more of them. */
const STAGES: Readonly<Record<'Online' | 'Offline', readonly (readonly [string, Stage['type']])[]>> = {
  Online: [
    ['BUILD_PACKAGE', 'Build'],
    ['PROD_CHECK', 'Check'],
    ['PROD', 'Deploy'],
  ],
  Offline: [
    ['OfflineCheck', 'Check'],
    ['PROD_CHECK', 'Check'],
    ['PROD', 'Offline'],
  ],
};

const OBJECT_NOT_FOUND = { status: 400, code: '5801489541076353033', message: 'The object to publish does not exist.' };
/** Seen with this text and no known code; the codes from …3900 on are the simulator's own. */
const NOT_RUNNING = { status: 400, code: '5801489541076353900', message: '流水线未处于运行中，无法推进阶段' };
const NO_SUCH_PIPELINE = { status: 400, code: '5801489541076353901', message: 'The pipeline run does not exist.' };
const OUT_OF_ORDER = {
  status: 400,
  code: '5801489541076353902',
  message: 'The stage cannot run: stages run once, in order, after all earlier ones succeeded.',
};

export class Pipelines {
  private readonly pipelines = new Map<string, Pipeline>();

  constructor(private readonly world: World) {}

  create(parameters: Parameters): object {
    const { id: projectId } = projectOf(this.world, parameters);
    const type = parameters.required('Type');
    if (type !== 'Online' && type !== 'Offline') throw invalidParameter('Type', 'must be Online or Offline');
    parameters.required('ObjectIds');
    const ids = parameters.list('ObjectIds') ?? [];
    if (ids.length !== 1) throw invalidParameter('ObjectIds', 'must hold one id');
    const workflow = this.world.get('alibaba.dataworks.workflow', ids[0] ?? '');
    if (!workflow || workflow.body.projectId !== projectId) throw new RefusedCall(OBJECT_NOT_FOUND);
    const pipeline: Pipeline = {
      id: randomUUID(),
      projectId,
      workflow,
      becomesPublished: type === 'Online',
      runsByItself: parameters.text('RunMode') === 'Auto',
      createdAt: this.world.now(),
      stages: STAGES[type].map(([code, kind]) => ({ code, type: kind, status: 'Init', startedAt: 0 })),
    };
    this.pipelines.set(pipeline.id, pipeline);
    this.settle();
    return { Id: pipeline.id };
  }

  get(parameters: Parameters): object {
    const pipeline = this.wanted(parameters);
    return {
      Pipeline: {
        Id: pipeline.id,
        ProjectId: BigInt(pipeline.projectId),
        Status: statusOf(pipeline),
        Message: '',
        Creator: '1000000000000001',
        CreateTime: pipeline.createdAt,
        ModifyTime: this.world.now(),
        Stages: pipeline.stages.map(({ code, type, status }, i) => ({
          Code: code,
          Name: code,
          Type: type,
          Step: i + 1,
          Status: status,
          Message: '',
          Detail: {},
        })),
      },
    };
  }

  execute(parameters: Parameters): object {
    const pipeline = this.wanted(parameters);
    const code = parameters.required('Code');
    if (!['Init', 'Running'].includes(statusOf(pipeline))) throw new RefusedCall(NOT_RUNNING);
    const stage = pipeline.stages.find((each) => each.code === code);
    if (!stage || stage !== nextOf(pipeline)) throw new RefusedCall(OUT_OF_ORDER);
    this.start(stage);
    this.settle();
    return { Success: true };
  }

  abolish(parameters: Parameters): object {
    const pipeline = this.wanted(parameters);
    if (!['Init', 'Running'].includes(statusOf(pipeline))) throw new RefusedCall(NOT_RUNNING);
    for (const stage of pipeline.stages) if (stage.status !== 'Success') stage.status = 'Termination';
    return { Success: true };
  }

  /** Name of the workflow that a call is about. */
  subject(parameters: Parameters): string | undefined {
    const id = parameters.list('ObjectIds')?.[0] ?? '';
    const pipeline = this.pipelines.get(parameters.text('Id') ?? '');
    return pipeline?.workflow.name ?? this.world.get('alibaba.dataworks.workflow', id)?.name;
  }

  /** Brings every pipeline to where the clock says it is. */
  settle(): void {
    for (const pipeline of this.pipelines.values()) this.advance(pipeline);
  }

  private wanted(parameters: Parameters): Pipeline {
    const { id: projectId } = projectOf(this.world, parameters);
    this.settle();
    const pipeline = this.pipelines.get(parameters.required('Id'));
    if (pipeline?.projectId !== projectId) throw new RefusedCall(NO_SUCH_PIPELINE);
    return pipeline;
  }

  private start(stage: Stage): void {
    stage.status = 'Running';
    stage.startedAt = this.world.now();
  }

  private advance(pipeline: Pipeline): void {
    const { alibabaStageMs, alibabaFailingStage } = this.world.settings;
    for (const stage of pipeline.stages) {
      const automatic = stage.type === 'Build' || pipeline.runsByItself;
      if (automatic && stage === nextOf(pipeline)) this.start(stage);
      if (stage.status !== 'Running' || this.world.now() < stage.startedAt + alibabaStageMs) continue;
      stage.status = stage.code === alibabaFailingStage ? 'Fail' : 'Success';
      if (stage.status === 'Success' && stage === pipeline.stages.at(-1)) {
        pipeline.workflow.body.published = pipeline.becomesPublished;
      }
    }
  }
}

/** The stage that may start now. */
function nextOf({ stages }: Pipeline): Stage | undefined {
  const stage = stages.find(({ status }) => status !== 'Success');
  return stage?.status === 'Init' ? stage : undefined;
}

function statusOf({ stages }: Pipeline): string {
  const states = stages.map(({ status }) => status);
  if (states.includes('Fail')) return 'Fail';
  if (states.includes('Termination')) return 'Termination';
  if (states.every((status) => status === 'Success')) return 'Success';
  return states.every((status) => status === 'Init') ? 'Init' : 'Running';
}
