/**
 * DataWorks workflow definitions of the new Data Studio: created without an idempotency key, found by a fuzzy, paged list
 * of one type at a time, not deletable while published. Source: DataWorks 2024-05-18; aliyun skills, "troubleshooting".
 */
import type { Answer } from '../http.js';
import { type Call, type Operation, RefusedCall } from '../operation.js';
import type { DataWorksWorkflow, Resource, World } from '../world.js';
import { type FlowSpec, readFlowSpec, rewriteFlowSpec, storedFlowSpec } from './flow-spec.js';
import { Parameters } from './parameters.js';
import { Pipelines } from './pipelines.js';
import { projectOf } from './projects.js';

const KIND = 'alibaba.dataworks.workflow';
type Workflow = Resource<DataWorksWorkflow>;

const OWNER = '1000000000000001';

/** 9990040003 means "gone" and "not visible yet" alike. */
const NOT_FOUND = { status: 400, code: '9990040003', message: 'The workflow does not exist.' };
/** Both refusals are documented in prose only: codes of the simulator's own, the duplicate's text as seen for nodes. */
const DUPLICATE = { status: 400, code: '5801489541076353903', message: 'Node with the same name already exists' };
const PUBLISHED = {
  status: 400,
  code: '5801489541076353904',
  message: 'The workflow has been deployed and cannot be deleted: undeploy it first.',
};

export function workflowOperations(world: World): readonly Operation[] {
  const pipelines = new Pipelines(world);
  const operation = (
    name: string,
    effect: Operation['effect'],
    run: (parameters: Parameters, call: Call) => object,
    subject: (parameters: Parameters) => string | undefined,
  ): Operation => ({
    name,
    service: 'dataworks',
    effect,
    run: (call): Answer => ({ status: 200, body: { RequestId: call.requestId, ...run(Parameters.of(call), call) } }),
    subject: (call) => subject(Parameters.of(call)),
  });
  const nameOfSpec = (parameters: Parameters): string | undefined => readFlowSpec(parameters.required('Spec')).name;
  const nameOfId = (parameters: Parameters): string | undefined => world.get(KIND, parameters.text('Id') ?? '')?.name;
  const ofPipeline = (parameters: Parameters): string | undefined => pipelines.subject(parameters);
  return [
    operation('CreateWorkflowDefinition', 'write', (parameters) => create(world, parameters), nameOfSpec),
    operation('GetWorkflowDefinition', 'read', (parameters, call) => get(world, parameters, call), nameOfId),
    operation(
      'ListWorkflowDefinitions',
      'read',
      (parameters, call) => list(world, parameters, call),
      (parameters) => parameters.text('Name'),
    ),
    operation('UpdateWorkflowDefinition', 'write', (parameters) => update(world, parameters), nameOfId),
    operation('RenameWorkflowDefinition', 'write', (parameters) => rename(world, parameters), nameOfId),
    operation('MoveWorkflowDefinition', 'write', (parameters) => move(world, parameters), nameOfId),
    operation(
      'DeleteWorkflowDefinition',
      'write',
      (parameters) => {
        pipelines.settle();
        return remove(world, parameters);
      },
      nameOfId,
    ),
    operation('CreatePipelineRun', 'write', (parameters) => pipelines.create(parameters), ofPipeline),
    operation('GetPipelineRun', 'read', (parameters) => pipelines.get(parameters), ofPipeline),
    operation('ExecPipelineRunStage', 'write', (parameters) => pipelines.execute(parameters), ofPipeline),
    operation('AbolishPipelineRun', 'write', (parameters) => pipelines.abolish(parameters), ofPipeline),
  ];
}

/** A Long in the API's metadata of 2025, a string before and since. */
function idOf(world: World, workflow: Workflow): string | bigint {
  return world.settings.alibabaIds === 'number' ? BigInt(workflow.id) : workflow.id;
}

function refuseDuplicate(world: World, projectId: string, name: string, itself?: Workflow): void {
  if (world.settings.alibabaDuplicates === 'accepted') return;
  const namesake = world.list(KIND).find((each) => each.name === name && each.body.projectId === projectId);
  if (namesake && namesake !== itself) throw new RefusedCall(DUPLICATE);
}

function create(world: World, parameters: Parameters): object {
  const project = projectOf(world, parameters);
  const spec = parameters.required('Spec');
  const flow = readFlowSpec(spec);
  refuseDuplicate(world, project.id, flow.name);
  const body: DataWorksWorkflow = {
    kind: KIND,
    projectId: project.id,
    type: flow.type,
    path: flow.path,
    spec,
    published: false,
  };
  const workflow = world.add({ name: flow.name, description: flow.description, body });
  return { Id: idOf(world, workflow) };
}

function wanted(world: World, parameters: Parameters, asOf?: number): Workflow {
  const project = projectOf(world, parameters);
  const workflow = world.get(KIND, parameters.id('Id'), asOf);
  if (workflow?.body.projectId !== project.id) throw new RefusedCall(NOT_FOUND);
  return workflow;
}

function get(world: World, parameters: Parameters, call: Call): object {
  const workflow = wanted(world, parameters, call.asOf);
  return {
    WorkflowDefinition: {
      Id: idOf(world, workflow),
      Name: workflow.name,
      Owner: OWNER,
      ProjectId: BigInt(workflow.body.projectId),
      Spec: storedFlowSpec(workflow.body.spec, { id: workflow.id, projectId: workflow.body.projectId }),
      CreateTime: workflow.createdAt,
      ModifyTime: workflow.modifiedAt,
      // The scheduler's id, there only once published.
      ...(workflow.body.published && { WorkflowId: BigInt(workflow.id) + 1n }),
    },
  };
}

function list(world: World, parameters: Parameters, call: Call): object {
  const project = projectOf(world, parameters);
  const type = parameters.text('Type') || 'CycleWorkflow';
  const name = parameters.text('Name') ?? '';
  const owner = parameters.text('Owner') || OWNER;
  const page = parameters.page();
  const found = world
    .list(KIND, call.asOf)
    .filter(
      (workflow) =>
        workflow.body.projectId === project.id &&
        workflow.body.type === type &&
        workflow.name.includes(name) &&
        owner === OWNER,
    );
  const first = (page.number - 1) * page.size;
  const WorkflowDefinitions = found.slice(first, first + page.size).map((workflow) => item(world, workflow));
  return {
    PagingInfo: { PageNumber: page.number, PageSize: page.size, TotalCount: found.length, WorkflowDefinitions },
  };
}

function item(world: World, workflow: Workflow): object {
  return {
    Id: idOf(world, workflow),
    Name: workflow.name,
    Type: workflow.body.type,
    Owner: OWNER,
    ProjectId: BigInt(workflow.body.projectId),
    Description: workflow.description,
    Script: { Id: idOf(world, workflow), Path: workflow.body.path, Runtime: { Command: 'WORKFLOW' } },
    CreateTime: workflow.createdAt,
    ModifyTime: workflow.modifiedAt,
  };
}

function store(world: World, workflow: Workflow, spec: string, flow: FlowSpec): object {
  refuseDuplicate(world, workflow.body.projectId, flow.name, workflow);
  Object.assign(workflow, { name: flow.name, description: flow.description, modifiedAt: world.now() });
  Object.assign(workflow.body, { spec, type: flow.type, path: flow.path });
  return { Success: true };
}

function update(world: World, parameters: Parameters): object {
  const workflow = wanted(world, parameters);
  const spec = parameters.required('Spec');
  return store(world, workflow, spec, readFlowSpec(spec));
}

function rename(world: World, parameters: Parameters): object {
  const workflow = wanted(world, parameters);
  const name = parameters.required('Name');
  const path = [...workflow.body.path.split('/').slice(0, -1), name].join('/');
  const text = rewriteFlowSpec(workflow.body.spec, { name, path });
  return store(world, workflow, text, readFlowSpec(text));
}

function move(world: World, parameters: Parameters): object {
  const workflow = wanted(world, parameters);
  const path = [...parameters.required('Path').split('/').filter(Boolean), workflow.name].join('/');
  const text = rewriteFlowSpec(workflow.body.spec, { path });
  return store(world, workflow, text, readFlowSpec(text));
}

function remove(world: World, parameters: Parameters): object {
  const workflow = wanted(world, parameters);
  if (workflow.body.published) throw new RefusedCall(PUBLISHED);
  world.remove(workflow);
  return { Success: true };
}
