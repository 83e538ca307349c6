/** The Temporal UI's own way to send an update, without its page: its server wants the token that it gave in a cookie. */
import { inject } from 'vitest';
import type { ProvisionRun } from './rig.js';

/** `json/plain`, as the UI encodes what is typed. */
const ENCODING = Buffer.from('json/plain').toString('base64');

/** What the UI's server answers, failure or result. */
export async function updateFromUi(run: ProvisionRun, name: string, request: object): Promise<unknown> {
  const base = inject('temporalUiUrl');
  const cookie = (await fetch(base)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const payload = { metadata: { encoding: ENCODING }, data: Buffer.from(JSON.stringify(request)).toString('base64') };
  const answer = await fetch(`${base}/api/v1/namespaces/default/workflows/${run.workflowId}/update/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie,
      'x-csrf-token': cookie.slice('_csrf='.length),
    },
    body: JSON.stringify({
      waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
      request: { meta: { updateId: '', identity: 'temporal-ui' }, input: { args: { payloads: [payload] } } },
    }),
  });
  return await answer.json();
}
