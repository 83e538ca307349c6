/**
 * Whole lists, page by page. `offset` counts records in both services (so does terraform-provider-huaweicloud, the only
 * executable evidence for Studio). A list that ends before its own count is no proof of absence, so it is not an answer.
 */
import { z } from 'zod';
import type { Cloud, CloudRequest } from '../../cloud.js';
import { incompleteAnswer, readAnswer } from '../read-answer.js';
import { type Read, readWhole, tooLong, WholeList } from '../whole-list.js';
import { LIST_PAGE_SIZE, MAX_LIST_PAGES } from './limits.js';

/** A field that is text in the documents and now and then a number or null in answers. */
export const looseText = z
  .union([z.string(), z.number().transform(String), z.null().transform(() => undefined)])
  .optional();

const rowWithId = z.looseObject({ id: z.union([z.string().min(1), z.number().transform(String)]) });
const wholeNumber = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

export type Row = z.infer<typeof rowWithId>;

export interface List {
  readonly request: Omit<CloudRequest, 'method' | 'effect'>;
  /** Fields of the answer that hold the rows, and their number over all pages. */
  readonly rows: string;
  readonly count: string;
}

/** Every row, once. */
export function listRows(cloud: Cloud, list: List): Promise<readonly Row[]> {
  return readWhole(() => readOnce(cloud, list));
}

async function readOnce(cloud: Cloud, { request, rows, count }: List): Promise<Read<readonly Row[]>> {
  const of = { provider: 'huawei', operation: request.operation };
  const page = z.object({ [rows]: z.array(rowWithId).nullish(), [count]: wholeNumber });
  const whole = new WholeList();
  const found: Row[] = [];
  for (let pages = 0; pages < MAX_LIST_PAGES; pages++) {
    const query = { ...request.query, limit: String(LIST_PAGE_SIZE), offset: String(whole.received) };
    const answer = await cloud.call({ ...request, method: 'GET', query, effect: 'none' });
    const read = readAnswer(page, answer, of);
    const batch = (read[rows] ?? []) as readonly Row[];
    found.push(...batch);
    const taken = whole.take(
      batch.map(({ id }) => id),
      read[count] as number,
    );
    if ('wrong' in taken) return { wrong: incompleteAnswer(`${request.operation}: ${taken.wrong}`, answer, of) };
    if (taken.last) return { rows: found };
  }
  throw tooLong(of, whole.received);
}
