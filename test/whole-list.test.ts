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

const LISTS: readonly [cloud: string, read: (pages: readonly Page[]) => Promise<string[]>][] = [
  [
    'alibaba',
    async (pages) => {
      return (await listWhole(cloudOf(pages), page, ask)).map(({ Id }) => Id);
    },
  ],
  [
    'huawei',
    async (pages) => {
      const bodies = pages.map(({ ids, total }) => ({ total, rows: ids.map((id) => ({ id })) }));
      const request = { operation: 'List', service: 's', path: '/' };
      const rows = await listRows(cloudOf(bodies as never), { request, rows: 'rows', count: 'total' });
      return rows.map(({ id }) => id);
    },
  ],
];

describe.each(LISTS)('a list of %s', (_cloud, read) => {
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
