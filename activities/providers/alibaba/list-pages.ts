/** Reads a paged list to its end. One that changed meanwhile is an error: it proves nothing absent. */
import type { z } from 'zod';
import type { Cloud, CloudRequest } from '../../cloud.js';
import { incompleteAnswer, readAnswer } from '../read-answer.js';
import { WholeList } from '../whole-list.js';
import { MAX_PAGES, PAGE_SIZE } from './limits.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export async function listPages<T extends { readonly Id: string }>(
  cloud: Cloud,
  page: z.ZodType<Page<T>>,
  request: (page: { readonly PageNumber: number; readonly PageSize: number }) => CloudRequest,
): Promise<readonly T[]> {
  const whole = new WholeList();
  const all: T[] = [];
  for (let PageNumber = 1; PageNumber <= MAX_PAGES; PageNumber++) {
    const asked = request({ PageNumber, PageSize: PAGE_SIZE });
    const of = { provider: 'alibaba', operation: asked.operation };
    const answer = await cloud.call(asked);
    const { items, total } = readAnswer(page, answer, of);
    const taken = whole.take(
      items.map(({ Id }) => Id),
      total,
    );
    if ('wrong' in taken) throw incompleteAnswer(`${asked.operation}: ${taken.wrong}`, answer, of);
    all.push(...items);
    if (taken.last) return all;
  }
  throw new Error(`A list of DataWorks has more than ${MAX_PAGES} pages of ${PAGE_SIZE}`);
}
