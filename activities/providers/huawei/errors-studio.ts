/** What DataArts Studio says. It documents two codes, one of them a catch-all; its other clients know some more. */
import type { ErrorRow } from '../error-table.js';
import {
  ABSENT,
  dayu,
  example,
  FAILED_200,
  FINAL,
  FULL,
  NOT_EMPTY,
  studio,
  studioCreate,
  studioDelete,
  TAKEN,
  UNSAID_200,
} from './error-words.js';

const STUDIO = 'DataArts Studio API, Creating a Workspace';
const STUDIO_GUIDE = 'DataArts Studio user guide, Creating a Workspace in Simple Mode; FAQ, Can I Delete Workspaces';
const TERRAFORM = 'huaweicloud/terraform-provider-huaweicloud, dataarts_studio_workspace_user and …_data_connection';

export const STUDIO_ROWS: readonly ErrorRow[] = [
  {
    when: { operation: studioCreate, status: [400, 499], code: /^DAYU\./, text: TAKEN },
    ...FINAL,
    type: 'AlreadyExists',
    duplicate: true,
    reason: 'the name is taken',
    source: `${STUDIO_GUIDE}: names are unique in an instance; ${STUDIO} tells it in the text at most`,
    example: dayu(studioCreate, 'workspace name already exists'),
  },
  {
    // Nobody documents that a write which failed with status 200 left nothing behind: `unknown`, so that the undo looks.
    when: { operation: studioCreate, code: [FAILED_200], text: TAKEN },
    type: 'AlreadyExists',
    retryable: false,
    sent: 'unknown',
    duplicate: true,
    reason: 'the name is taken',
    source: `${STUDIO_GUIDE}; ${TERRAFORM}`,
    example: {
      operation: 'CreateManagerWorkSpace',
      status: 200,
      body: { is_success: false, message: 'name already exists' },
    },
  },
  {
    when: { operation: studioDelete, status: [200, 400], text: ABSENT },
    ...FINAL,
    type: 'NotFound',
    reason: 'no such workspace',
    source: `${STUDIO}: DAYU.4402 tells its reason only in the text`,
    example: dayu(studioDelete, 'workspace does not exist'),
  },
  {
    when: { operation: studioDelete, status: [200, 400], text: NOT_EMPTY },
    ...FINAL,
    type: 'NotEmpty',
    reason: 'it still holds connections, clusters, jobs or scripts; clear them first',
    source: STUDIO_GUIDE,
    example: dayu(studioDelete, 'the workspace still contains jobs'),
  },
  {
    when: { operation: studio, code: [FAILED_200] },
    type: 'InvalidRequest',
    retryable: false,
    sent: 'unknown',
    reason: 'the service says that it failed, with status 200',
    source: TERRAFORM,
    example: { operation: 'CreateManagerWorkSpace', status: 200, body: { is_success: false, message: 'no resource' } },
  },
  {
    when: { operation: studio, code: [UNSAID_200] },
    type: 'OutcomeUnknown',
    retryable: true,
    sent: 'unknown',
    reason: 'the service does not say that it succeeded',
    source: `${STUDIO}: the only documented 200 says is_success true`,
    example: { operation: 'CreateManagerWorkSpace', status: 200, body: {} },
  },
  {
    when: { operation: studio, code: ['DAYU.3601'] },
    ...FINAL,
    type: 'AccessDenied',
    reason: 'no permission for this instance or workspace',
    source: TERRAFORM,
    example: example(studio, 400, 'DAYU.3601', 'You have no permission in asset.'),
  },
  {
    when: { operation: studioCreate, status: 400, code: ['DAYU.4402'], text: FULL },
    ...FINAL,
    type: 'ServiceLimitExceeded',
    reason: 'a quota is used up',
    source: `${STUDIO}: DAYU.4402 tells its reason only in the text`,
    example: dayu(studioCreate, 'workspace quota is used up'),
  },
  {
    when: { operation: studio, code: ['DAYU.4402'] },
    ...FINAL,
    type: 'InvalidRequest',
    reason: 'the request was refused',
    source: STUDIO,
    example: dayu(studioCreate, '{0}'),
  },
  {
    when: { operation: studio, code: ['DAYU.3531'] },
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'unknown',
    reason: 'the service failed',
    source: STUDIO,
    example: example(studioCreate, 500, 'DAYU.3531', 'Internal server error: {0}'),
  },
];
