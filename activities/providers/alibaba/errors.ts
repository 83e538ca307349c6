/**
 * What DataWorks' answers mean. Business errors come under HTTP 4xx with purely numeric codes, and the product pages
 * and the gateway's disagree about statuses: rows go by code and message first, by status last.
 */
import type { CloudAnswer, CloudRequest } from '../../cloud.js';
import { asRecord, asText } from '../../http/json.js';
import type { ProviderError } from '../../provider-error.js';
import { type ErrorRow, type Evidence, toProviderError } from '../error-table.js';
import {
  CODES,
  CREDENTIAL_ROWS,
  example,
  FINAL,
  GATEWAY,
  OURS,
  SKILL,
  STATUS_ROWS,
  TERRAFORM,
  THROTTLING_ROWS,
} from './errors-gateway.js';

const create = 'CreateWorkflowDefinition';
const onProject = ['GetProject', 'DeleteProject'];
const onWorkflow = ['GetWorkflowDefinition', 'DeleteWorkflowDefinition'];

/** Whether a text speaks of the workspace around a workflow, which then says nothing about the workflow. */
const NOT_OF_WORKSPACE = /^(?!.*(project|workspace|tenant|空间))/i;

const MISSING_ROWS: readonly ErrorRow[] = [
  {
    when: { operation: onProject, code: ['1101080008', '9990040003', 'InvalidProject.NotFound'] },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workspace, or not visible yet',
    source: `${TERRAFORM}: 1101080008 gone; 9990040003 both right after a create and when gone`,
    example: example(400, '9990040003', 'The workspace does not exist.', 'GetProject'),
  },
  {
    when: { operation: ['CreateProject'], code: ['9990040003'] },
    type: 'NotStabilized',
    retryable: true,
    // Seen by Terraform on create as well: the workspace may be half there.
    sent: 'unknown',
    reason: 'the workspace is not visible yet',
    source: `${TERRAFORM} retries it on create`,
    example: example(400, '9990040003', 'The workspace does not exist.', 'CreateProject'),
  },
  {
    // Said of the workspace, not of the workflow in it: it proves nothing about the workflow.
    when: { code: ['1101080008', 'InvalidProject.NotFound'] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'no such workspace; check ProjectId and scope.projectId',
    source: TERRAFORM,
    example: example(400, '1101080008', 'The workspace does not exist.', 'DeleteWorkflowDefinition'),
  },
  {
    // Should it mean the workspace after all, the look-up that follows a delete will say so.
    when: { operation: onWorkflow, code: ['9990040003'], text: NOT_OF_WORKSPACE },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workflow, or not visible yet',
    source: `${TERRAFORM} for the code; the reading is ours`,
    example: example(400, '9990040003', 'The workflow does not exist.', 'GetWorkflowDefinition'),
  },
  {
    when: { code: ['9990040003'] },
    type: 'NotStabilized',
    retryable: true,
    sent: 'refused',
    reason: 'the workspace (ProjectId) is not visible yet, or gone',
    source: TERRAFORM,
    example: example(400, '9990040003', 'The workspace does not exist.'),
  },
  {
    when: {
      operation: onWorkflow,
      text: /^(?=.*(not exist|not found|no such|不存在))(?!.*(project|workspace|tenant|空间))/i,
    },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workflow',
    source: `no page names the code; wording ${OURS}`,
    example: example(400, '9990000002', 'The workflow definition does not exist.', 'GetWorkflowDefinition'),
  },
  {
    when: { origin: 'service', operation: [...onProject, ...onWorkflow], status: 404 },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such resource',
    source: `${TERRAFORM} takes HTTP 404 for gone; without a Code it is not the service that speaks`,
    example: example(404, '9990000003', 'Missing.', 'DeleteWorkflowDefinition'),
  },
];

const REQUEST_ROWS: readonly ErrorRow[] = [
  {
    when: { operation: ['DeleteWorkflowDefinition'], text: /deployed|published|undeploy|offline|发布|下线/i },
    ...FINAL,
    type: 'NotEmpty',
    reason: 'the workflow is published; it must be taken offline first',
    source:
      'DeleteWorkflowDefinition, comments of alibabacloud-go/dataworks-public-20240518; wording documented nowhere',
    example: example(400, '9990000004', 'The workflow has been deployed.', 'DeleteWorkflowDefinition'),
  },
  {
    // Not a duplicate: no look-up will ever show what blocks the name.
    when: { operation: ['CreateProject'], text: /^(?!.*already exist).*(recycle bin|回收站)/i },
    ...FINAL,
    type: 'AlreadyExists',
    reason: 'the name is blocked for 14 days after a delete; choose another',
    source: `DeleteProject page; wording ${OURS}`,
    example: example(400, '9990000007', 'The workspace is in the recycle bin.', 'CreateProject'),
  },
  {
    when: { operation: [create, 'CreateProject'], text: /already exist|same name|duplicat|已存在/i },
    ...FINAL,
    type: 'AlreadyExists',
    duplicate: true,
    reason: 'the name is taken; a deleted workspace blocks its name for 14 days',
    source: `${SKILL}, troubleshooting 4; AsyncJob.Error of ImportWorkflowDefinition; DeleteProject page`,
    example: example(400, '9990000005', 'Node with the same name already exists'),
  },
  {
    when: { code: ['58014884415', '0x5083000000000005'] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'DataWorks cannot read the FlowSpec; check kind, version, script.path and runtime.command',
    source: `${SKILL}, troubleshooting 0a; SpecErrorCode.java of aliyun/dataworks-spec`,
    example: example(400, '58014884415', 'parse spec error'),
  },
  {
    when: { text: /script\.runtime\.command is empty|Script path must end with node name/i },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'DataWorks refused the FlowSpec',
    source: `${SKILL}, workflow-guide and troubleshooting 1`,
    example: example(400, '9990000006', 'Script path must end with node name'),
  },
  {
    when: { code: ['1201111431'] },
    ...FINAL,
    type: 'Misconfigured',
    reason: 'the workspace uses the old Data Studio; this API needs the new one',
    source: SKILL,
    example: example(400, '1201111431', 'legacy folder API'),
  },
  {
    when: { code: ['5801489541076353033'] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'nothing to publish or take offline under this id',
    source: `${SKILL}, troubleshooting 11`,
    example: example(400, '5801489541076353033', 'object not found', 'CreatePipelineRun'),
  },
  {
    when: { code: /^(Missing|Invalid)/, status: [400, 499] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'DataWorks refused a parameter',
    source: `${GATEWAY}: Missing{Parameter}, Invalid{Parameter}`,
    example: example(400, 'MissingSpec', 'Spec is mandatory for this action.'),
  },
  {
    when: { text: /^code: 5\d\d\b/ },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'something behind DataWorks failed',
    source: 'NeedRetry in errors.go of aliyun/terraform-provider-alicloud',
    example: example(400, 'ServiceError', 'code: 503, backend unavailable'),
  },
  {
    when: { code: /^(InternalError|ServiceUnavailable)/ },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'DataWorks failed',
    source: CODES,
    example: example(500, 'InternalError.System', 'An internal system error occurred. Try again later.'),
  },
];

export const ALIBABA_ERRORS: readonly ErrorRow[] = [
  ...THROTTLING_ROWS,
  ...CREDENTIAL_ROWS,
  ...MISSING_ROWS,
  ...REQUEST_ROWS,
  ...STATUS_ROWS,
];

/** The error in an answer. A 200 that carries a `Code`, or `Success` other than true, is one too. */
export function classifyAlibaba(answer: CloudAnswer, request: CloudRequest): ProviderError | undefined {
  if (isSuccess(answer)) return undefined;
  return toProviderError('alibaba', ALIBABA_ERRORS, evidenceOf(answer, request), answer, request);
}

function isSuccess({ status, body }: CloudAnswer): boolean {
  const { RequestId, Code, Success } = asRecord(body);
  if (status < 200 || status > 299 || asText(RequestId) === undefined) return false;
  return asText(Code) === undefined && (Success === undefined || /^true$/i.test(String(Success)));
}

function evidenceOf(answer: CloudAnswer, { operation }: CloudRequest): Evidence {
  const { Code, Success, Message } = asRecord(answer.body);
  const code = asText(Code);
  const retryAfterMs = waitHint(answer);
  return {
    origin: code !== undefined || Success !== undefined ? 'service' : 'stranger',
    operation,
    status: answer.status,
    code,
    text: asText(Message) ?? '',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** `x-acs-retry-after` is in milliseconds; the official cores cap it at two minutes, and so do we. */
function waitHint({ headers }: CloudAnswer): number | undefined {
  const hint = Number(headers['x-acs-retry-after']);
  return Number.isInteger(hint) && hint > 0 ? Math.min(hint, 120_000) : undefined;
}
