/**
 * Reads a paged list to its end. For a look-up it must be whole: one that changed meanwhile proves nothing absent. A sweep
 * concludes nothing from what a list does not show, and wants it entry by entry, however busy the account is.
 */
import type { z } from 'zod';
import type { Cloud, CloudAnswer, CloudRequest } from '../../cloud.js';
import { incompleteAnswer, readAnswer } from '../read-answer.js';
import { type Read, readWhole, tooLong, WholeList } from '../whole-list.js';
import { MAX_PAGES, PAGE_SIZE } from './limits.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

type AskPage = (page: { readonly PageNumber: number; readonly PageSize: number }) => CloudRequest;

interface ReadPage<T> extends Page<T> {
  readonly answer: CloudAnswer;
  readonly of: { readonly provider: string; readonly operation: string };
  /** Entries so far, these included. */
  readonly received: number;
}

/** Page by page, without an end of its own but the most that we read. */
async function* readPages<T>(cloud: Cloud, page: z.ZodType<Page<T>>, ask: AskPage): AsyncGenerator<ReadPage<T>> {
  let received = 0;
  for (let PageNumber = 1; ; PageNumber++) {
    const asked = ask({ PageNumber, PageSize: PAGE_SIZE });
    const of = { provider: 'alibaba', operation: asked.operation };
    if (PageNumber > MAX_PAGES) throw tooLong(of, received);
    const answer = await cloud.call(asked);
    const read = readAnswer(page, answer, of);
    received += read.items.length;
    yield { ...read, answer, of, received };
  }
}

/** Every entry, for a look-up. */
export function listWhole<T extends { readonly Id: string }>(
  cloud: Cloud,
  page: z.ZodType<Page<T>>,
  ask: AskPage,
): Promise<readonly T[]> {
  return readWhole(() => readOnce(cloud, page, ask));
}

async function readOnce<T extends { readonly Id: string }>(
  cloud: Cloud,
  page: z.ZodType<Page<T>>,
  ask: AskPage,
): Promise<Read<readonly T[]>> {
  const whole = new WholeList();
  const all: T[] = [];
  for await (const { items, total, answer, of } of readPages(cloud, page, ask)) {
    const taken = whole.take(
      items.map(({ Id }) => Id),
      total,
    );
    if ('wrong' in taken) return { wrong: incompleteAnswer(`${of.operation}: ${taken.wrong}`, answer, of) };
    all.push(...items);
    if (taken.last) break;
  }
  return { rows: all };
}

/** Every entry that it shows, once, for a sweep: one that moves to a page that was read is left for the next sweep. */
export async function* listEach<T extends { readonly Id: string }>(
  cloud: Cloud,
  page: z.ZodType<Page<T>>,
  ask: AskPage,
): AsyncGenerator<T> {
  const shown = new Set<string>();
  for await (const { items, total, received } of readPages(cloud, page, ask)) {
    for (const item of items) {
      if (!shown.has(item.Id)) yield item;
      shown.add(item.Id);
    }
    if (items.length === 0 || received >= total) return;
  }
}
