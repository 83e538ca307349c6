/** Lists that change while their pages are read: what they do not show may be there all the same. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Cloud } from '../activities/cloud.js';
import { listEach, listWhole } from '../activities/providers/alibaba/list-pages.js';
import { listRows } from '../activities/providers/huawei/pages.js';

interface Page {
  readonly ids: readonly string[];
  readonly total: number;
}

/** A cloud that answers one page after the other, and begins anew after the last. */
function cloudOf(pages: readonly Page[]): Cloud {
  let left = [...pages];
  const call = async () => {
    if (left.length === 0) left = [...pages];
    return { status: 200, headers: {}, body: left.shift(), text: '' };
  };
  return { scope: {}, call, shared: (_key, lookUp) => lookUp() };
}

const page = z.object({ ids: z.array(z.string()), total: z.number() }).transform(({ ids, total }) => {
  return { items: ids.map((Id) => ({ Id })), total };
});

const ask = () => ({ operation: 'List', service: 's', method: 'POST', path: '/', effect: 'none' }) as const;

const LISTS: readonly [cloud: string, mostPages: number, read: (pages: readonly Page[]) => Promise<string[]>][] = [
  [
    'alibaba',
    200,
    async (pages) => {
      return (await listWhole(cloudOf(pages), page, ask)).map(({ Id }) => Id);
    },
  ],
  [
    'huawei',
    100,
    async (pages) => {
      const bodies = pages.map(({ ids, total }) => ({ total, rows: ids.map((id) => ({ id })) }));
      const request = { operation: 'List', service: 's', path: '/' };
      const rows = await listRows(cloudOf(bodies as never), { request, rows: 'rows', count: 'total' });
      return rows.map(({ id }) => id);
    },
  ],
];

/** So many pages of one entry each. */
function pagesOf(count: number, total: number): Page[] {
  return Array.from({ length: count }, (_, at) => ({ ids: [`id${at}`], total }));
}

describe.each(LISTS)('a list of %s', (_cloud, mostPages, read) => {
  test('is read over all its pages', async () => {
    const pages = [
      { ids: ['a', 'b'], total: 3 },
      { ids: ['c'], total: 3 },
    ];
    expect(await read(pages)).toEqual(['a', 'b', 'c']);
  });

  test('may be empty', async () => {
    expect(await read([{ ids: [], total: 0 }])).toEqual([]);
  });

  test('that changed while it was read is read again at once', async () => {
    const pages = [
      { ids: ['a', 'b'], total: 5 },
      { ids: ['d', 'e'], total: 4 },
      { ids: ['b', 'c'], total: 4 },
      { ids: ['d', 'e'], total: 4 },
    ];
    expect(await read(pages)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('is no answer if an entry went meanwhile: another one moved to a page that was read before', async () => {
    const pages = [
      { ids: ['a', 'b'], total: 5 },
      { ids: ['d', 'e'], total: 4 },
    ];
    await expect(read(pages)).rejects.toMatchObject({
      message: 'List: the list changed while it was read',
      facts: { type: 'ServiceInternalError', retryable: true },
    });
  });

  test('is no answer if an entry comes twice: another one has never come', async () => {
    const pages = [
      { ids: ['a', 'b'], total: 4 },
      { ids: ['b', 'd'], total: 4 },
    ];
    await expect(read(pages)).rejects.toThrow('List: the list shows 3 of 4 entries');
  });

  test('is no answer if it ends before its own count', async () => {
    const pages = [
      { ids: ['a', 'b'], total: 4 },
      { ids: [], total: 4 },
    ];
    await expect(read(pages)).rejects.toThrow('List: the list shows 2 of 4 entries');
  });

  test('is read as far as its last page may be', async () => {
    expect(await read(pagesOf(mostPages, mostPages))).toHaveLength(mostPages);
  });

  test('is no answer if it goes on after that, and what to do is said', async () => {
    await expect(read(pagesOf(mostPages + 1, 1_000))).rejects.toMatchObject({
      message: `List: more than ${mostPages} entries are too many to look through: delete some`,
      facts: { type: 'ServiceLimitExceeded', retryable: false, sent: 'never' },
    });
  });
});

test('a sweep goes through a list that changes meanwhile, and takes what comes twice once', async () => {
  const pages = [
    { ids: ['a', 'b'], total: 4 },
    { ids: ['b', 'd'], total: 5 },
    { ids: [], total: 3 },
  ];
  const shown: string[] = [];
  for await (const { Id } of listEach(cloudOf(pages), page, ask)) shown.push(Id);
  expect(shown).toEqual(['a', 'b', 'd']);
});

test('a sweep that cannot go through a whole list does not end as if it had', async () => {
  const going = async () => {
    for await (const _item of listEach(cloudOf(pagesOf(201, 1_000)), page, ask));
  };
  await expect(going()).rejects.toMatchObject({ facts: { type: 'ServiceLimitExceeded' } });
});
