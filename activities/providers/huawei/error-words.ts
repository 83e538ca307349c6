/** What the rows of Huawei's error tables are made of: operations by their documented names, texts, examples. */
import type { ErrorRow } from '../error-table.js';

export const studio = ['CreateManagerWorkSpace', 'ListManagerWorkSpaces', 'BatchDeleteWorkspaces'];
export const studioCreate = ['CreateManagerWorkSpace'];
export const studioDelete = ['BatchDeleteWorkspaces'];
export const fabricCreate = ['CreateWorkspace'];
export const fabricList = ['ListWorkspaces'];
export const fabricDelete = ['DeleteWorkspace'];
export const iamToken = ['KeystoneCreateUserTokenByPassword'];

export const TAKEN = /^(?!.*(not|n't|no longer) exist).*(already|duplicate|\bexists?\b|same name)/is;
export const ABSENT = /(not|n't|no longer) exist|not found|no such/i;
export const FULL = /quota|upper limit|too many|maximum number/i;
export const NOT_EMPTY = /not (be )?empty|non-?empty|in use|still|contains?|clear|delete .*first|resources? exist/i;

/** Never retried: the caller, the plan or the account has to change first. The request had no effect. */
export const FINAL = { retryable: false, sent: 'refused' } as const;

export function example(
  operation: readonly string[],
  status: number,
  code: string | number,
  text: string,
): ErrorRow['example'] {
  return { operation: operation[0] ?? '', status, body: { error_code: code, error_msg: text } };
}

export function dayu(operation: readonly string[], detail: string): ErrorRow['example'] {
  return example(operation, 400, 'DAYU.4402', `The operation failed, detail msg ${detail}.`);
}

/** How a failed write of Studio looks that came back with status 200. Named like a code, since it stands for one. */
export const FAILED_200 = 'is_success=false';
export const UNSAID_200 = 'is_success missing';
