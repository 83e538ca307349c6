/** What a cloud's answers mean for one kind: the rows of its provider's table that can fit a call of this kind. */

import { ALIBABA_ERRORS } from '../../activities/providers/alibaba/errors.js';
import type { ErrorRow } from '../../activities/providers/error-table.js';
import { HUAWEI_ERRORS } from '../../activities/providers/huawei/errors.js';
import { FABRIC_ROWS } from '../../activities/providers/huawei/errors-fabric.js';
import { STUDIO_ROWS } from '../../activities/providers/huawei/errors-studio.js';
import { NAVER_ERRORS } from '../../activities/providers/naver/errors.js';
import { code, table } from './markdown.js';

const ROWS: Readonly<Record<string, readonly ErrorRow[]>> = {
  'huawei.dataarts-studio': HUAWEI_ERRORS.filter((row) => !FABRIC_ROWS.includes(row)),
  'huawei.dataarts-fabric': HUAWEI_ERRORS.filter((row) => !STUDIO_ROWS.includes(row)),
  'naver.data-forest': NAVER_ERRORS,
  'alibaba.dataworks': ALIBABA_ERRORS,
};

/** @param operations Those that the kind calls, authentication included. */
export function errorTable(service: string, operations: readonly string[]): string {
  const rows = (ROWS[service] ?? []).filter(
    ({ when }) => when.operation === undefined || when.operation.some((each) => operations.includes(each)),
  );
  return table(
    ['call', 'status', 'what it says', 'failure', 'tried again', 'a create', 'reason', 'source'],
    rows.map(({ when, type, retryable, sent, reason, source }) => [
      (when.operation ?? [])
        .filter((each) => operations.includes(each))
        .map(code)
        .join(', ') || 'any',
      statusOf(when.status),
      saysOf(when),
      code(type),
      retryable ? 'yes' : 'no',
      sent === 'refused' ? 'made nothing' : 'may have taken effect',
      reason,
      source,
    ]),
  );
}

function statusOf(status: ErrorRow['when']['status']): string {
  if (status === undefined) return 'any';
  return typeof status === 'number' ? String(status) : status.join(' to ');
}

const SPEAKERS = { gateway: 'the gateway', service: 'the service', stranger: 'neither gateway nor service' } as const;

function saysOf({ origin, code: codes, text, hint }: ErrorRow['when']): string {
  const parts = [
    origin && `from ${SPEAKERS[origin]}`,
    codes instanceof RegExp ? `code like ${code(codes.source)}` : codes && `code ${codes.map(code).join(', ')}`,
    text && `text like ${code(text.source)}`,
    hint && 'it says how long to wait',
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
