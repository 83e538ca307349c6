/** FlowSpec and the two DataWorks specs: the documentation's example passes, wrong ones are told where and why. */
import { expect, test } from 'vitest';
import { alibabaDataworksProject } from '../activities/providers/alibaba/dataworks-project.js';
import { alibabaDataworksWorkflow } from '../activities/providers/alibaba/dataworks-workflow.js';
import { checkShape } from '../contract/check-shape.js';
import { describeWithMarker, parseMarker } from '../contract/marker.js';

/** The example of the parameter Spec on the page of CreateWorkflowDefinition, 2024-05-18, verbatim. */
const documented = JSON.parse(
  `{ "kind": "CycleWorkflow", "version": "1.1.0", "spec": { "name": "OpenAPITestWorkflowDemo", "type": "CycleWorkflow", "workflows": [ { "script": { "path": "XX/OpenAPITest/WorkflowTest/OpenAPITestWorkflowDemo", "runtime": { "command": "WORKFLOW" } }, "trigger": { "type": "Scheduler", "cron": "00 02 00 * * ?", "startTime": "1970-01-01 00:00:00", "endTime": "9999-01-01 00:00:00", "timezone": "Asia/Shanghai", "delaySeconds": 0 }, "strategy": { "timeout": 0, "instanceMode": "T+1", "rerunMode": "Allowed", "rerunTimes": 3, "rerunInterval": 180000, "failureStrategy": "Break" }, "name": "OpenAPITestWorkflowDemo", "inputs": {}, "outputs": { "nodeOutputs": [ { "data": "workflow_output", "artifactType": "NodeOutput", "refTableName": "OpenAPITestWorkflowDemo" } ] }, "nodes": [], "dependencies": [] } ] } }`,
);

/** The smallest document of Alibaba's notes. */
function minimal(change: object = {}, outside: object = {}) {
  const workflow = { name: 'ws_a', script: { path: 'team/ws_a', runtime: { command: 'WORKFLOW' } }, ...change };
  return {
    ProjectId: '10000',
    Spec: { version: '2.0.0', kind: 'CycleWorkflow', spec: { workflows: [workflow] }, ...outside },
  };
}

test.each([
  ['the example of the documentation', { ProjectId: '10000', Spec: documented }],
  ['the smallest document', minimal()],
  ['a manual workflow without trigger', minimal({}, { kind: 'ManualWorkflow' })],
  ['free metadata', minimal({}, { metadata: { anything: { nested: [1] } } })],
  ['a workspace id as an integer', { ...minimal(), ProjectId: 10000 }],
  ['a workspace id left to the connection', { Spec: documented }],
])('a spec with %s is accepted as it is', (_, spec) => {
  expect(checkShape(alibabaDataworksWorkflow.spec, spec)).toEqual({ value: spec });
});

const first = 'Spec.spec.workflows[0]';
const two = minimal();
two.Spec.spec.workflows.push(...minimal({ name: 'ws_b' }).Spec.spec.workflows);
const scheduler = { type: 'Scheduler', cron: '00 02 00 * * ?' };

test.each([
  ['ProjectId', { ...minimal(), ProjectId: 'SENTINEL' }, 'digits'],
  ['ProjectId', { ...minimal(), ProjectId: 2 ** 62 }, 'below 2^53'],
  ['RegionId', { ...minimal(), RegionId: 'SENTINEL' }, 'known here: ProjectId, Spec'],
  ['Spec', { ProjectId: '1', Spec: JSON.stringify(documented) }, 'as an object, not as JSON text'],
  ['Spec.version', minimal({}, { version: '3.0.0' }), '1.1.0'],
  ['Spec.kind', minimal({}, { kind: 'Workflow' }), 'CycleWorkflow, ManualWorkflow'],
  ['Spec.nodes', minimal({}, { nodes: [] }), 'unknown field'],
  ['Spec.spec.workflows', two, 'exactly one'],
  ['Spec.spec.workflows', minimal({}, { spec: { workflows: [] } }), 'exactly one'],
  [`${first}.name`, minimal({ name: undefined }), 'required'],
  [`${first}.script.path`, minimal({ name: 'SENTINEL' }), 'last part must equal the name'],
  [
    `${first}.script.runtime.command`,
    minimal({ script: { path: 'ws_a', runtime: { command: 'SENTINEL' } } }),
    'WORKFLOW',
  ],
  [`${first}.script.runtime`, minimal({ script: { path: 'ws_a' } }), 'required'],
  [`${first}.nodes`, minimal({ nodes: ['SENTINEL'] }), 'CreateNode'],
  [`${first}.dependencies`, minimal({ dependencies: [{}] }), 'must be empty'],
  [`${first}.trigger.cron`, minimal({ trigger: { type: 'Scheduler' } }), 'required for a trigger of type Scheduler'],
  [`${first}.trigger.cron`, minimal({ trigger: { ...scheduler, cron: '0 2 * * *' } }), 'six fields'],
  [`${first}.trigger.type`, minimal({ trigger: { type: 'Streaming' } }), 'Scheduler, Manual'],
  [
    `${first}.trigger.startTime`,
    minimal({ trigger: { ...scheduler, startTime: '1970-01-01' } }),
    'yyyy-MM-dd HH:mm:ss',
  ],
  [`${first}.trigger.delaySeconds`, minimal({ trigger: { ...scheduler, delaySeconds: -1 } }), 'at least 0'],
  [`${first}.trigger.type`, minimal({ trigger: scheduler }, { kind: 'ManualWorkflow' }), 'no schedule'],
  [`${first}.strategy.instanceMode`, minimal({ strategy: { instanceMode: 'SENTINEL' } }), 'T+1, Immediately'],
  [`${first}.strategy.rerunMode`, minimal({ strategy: { rerunMode: 'SENTINEL' } }), 'FailureAllowed'],
  [`${first}.strategy.failureStrategy`, minimal({ strategy: { failureStrategy: 'SENTINEL' } }), 'Break, Continue'],
  [`${first}.strategy.retries`, minimal({ strategy: { retries: 3 } }), 'known here: priority'],
  [`${first}.outputs.nodeOutputs[0].data`, minimal({ outputs: { nodeOutputs: [{}] } }), 'required'],
  [`${first}.cron`, minimal({ cron: 'SENTINEL' }), 'unknown field'],
] as const)('a wrong workflow spec is refused at %s with what would be right', (path, wrong, remedy) => {
  const checked = checkShape(alibabaDataworksWorkflow.spec, wrong);
  const problems = 'problems' in checked ? checked.problems : [];
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(remedy);
  expect(JSON.stringify(problems)).not.toContain('SENTINEL');
});

const project = { Name: 'sora_finance', DisplayName: 'Sora' };

test.each([
  ['Name', { ...project, Name: '1SENTINEL' }, 'begin with a letter'],
  ['Name', { ...project, Name: 'ab' }, '3 to 28'],
  ['Name', { DisplayName: 'Sora' }, 'required'],
  ['DisplayName', { Name: 'sora_finance' }, 'required'],
  ['Description', { ...project, Description: 'x'.repeat(1025) }, 'at most 1024'],
  ['PaiTaskEnabled', { ...project, PaiTaskEnabled: 'SENTINEL' }, 'boolean'],
  ['AliyunResourceTags[0].Key', { ...project, AliyunResourceTags: [{ Value: 'SENTINEL' }] }, 'required'],
  ['RegionId', { ...project, RegionId: 'SENTINEL' }, 'unknown field'],
] as const)('a wrong workspace spec is refused at %s with what would be right', (path, wrong, remedy) => {
  const checked = checkShape(alibabaDataworksProject.spec, wrong);
  const problems = 'problems' in checked ? checked.problems : [];
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(remedy);
  expect(JSON.stringify(problems)).not.toContain('SENTINEL');
});

test('the marker goes to the description of the workflow inside the FlowSpec', () => {
  const marker = { namespace: 'default', workflowId: 'provision-x', step: 'workflow', runId: 'run', keep: false };
  const { description, nameOf } = alibabaDataworksWorkflow;
  const marked = description.write({ Spec: documented }, describeWithMarker(undefined, marker));
  expect(marked.Spec.spec.workflows[0]).toMatchObject({ name: 'OpenAPITestWorkflowDemo' });
  expect(parseMarker(description.read(marked))).toEqual(marker);
  expect(checkShape(alibabaDataworksWorkflow.spec, marked)).toEqual({ value: marked });
  expect(nameOf(marked)).toBe('OpenAPITestWorkflowDemo');
  expect(documented.spec.workflows[0].description).toBeUndefined();
});

test('a name that is still a reference has no name yet', () => {
  const open = minimal({ name: { $ref: 'other.name' } }) as never;
  expect(alibabaDataworksWorkflow.nameOf(open)).toBeUndefined();
});
