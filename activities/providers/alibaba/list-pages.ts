/** Reads a paged list to its end. A list that ends before its own total is an error: it proves nothing absent. */
import type { z } from 'zod';
import type { Cloud, CloudRequest } from '../../cloud.js';
import { incompleteAnswer, readAnswer } from '../read-answer.js';
import { MAX_PAGES, PAGE_SIZE } from './limits.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export async function* listPages<T>(
  cloud: Cloud,
  page: z.ZodType<Page<T>>,
  request: (page: { readonly PageNumber: number; readonly PageSize: number }) => CloudRequest,
): AsyncGenerator<T> {
  let seen = 0;
  for (let PageNumber = 1; PageNumber <= MAX_PAGES; PageNumber++) {
    const asked = request({ PageNumber, PageSize: PAGE_SIZE });
    const of = { provider: 'alibaba', operation: asked.operation };
    const answer = await cloud.call(asked);
    const { items, total } = readAnswer(page, answer, of);
    yield* items;
    seen += items.length;
    if (seen >= total) return;
    if (items.length === 0) {
      throw incompleteAnswer(`${asked.operation}: fewer items than the list's total; it changed meanwhile`, answer, of);
    }
  }
  throw new Error(`A list of DataWorks has more than ${MAX_PAGES} pages of ${PAGE_SIZE}`);
}
