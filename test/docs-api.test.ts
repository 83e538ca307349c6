/** The pages of the programming interface are what the built declarations say; `npm run docs:reference` writes them anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiPage, exported, homesOf } from '../docs/generator/api-page.js';
import { readDocComment } from '../docs/generator/doc-comment.js';
import { type ApiEntry, extractApi } from '../docs/generator/extract-api.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../docs/reference/api/', import.meta.url));
const STALE = 'not what the source says: run npm run docs:reference';

describe('the programming interface', () => {
  let entries: readonly ApiEntry[] = [];
  // A compiler reads the SDK's types: seconds, and more on a machine that is busy with other tests.
  beforeAll(() => {
    entries = extractApi(root);
  }, 120_000);

  test('each export has a page that says what the source says', async () => {
    const homes = homesOf(entries);
    for (const entry of entries)
      await expect(apiPage(entry, homes), STALE).toMatchFileSnapshot(`${folder}${entry.name}.md`);
  });

  test('what the package exports is what the committed report shows', async () => {
    for (const { name, report } of entries)
      await expect(report, STALE).toMatchFileSnapshot(`${folder}report/${name}.api.md`);
  });

  test('no page or report is left of an export that is no more, and the list of imports has each', () => {
    const pages = entries.map(({ name }) => `${name}.md`);
    const reports = entries.map(({ name }) => `${name}.api.md`);
    expect([...pages, 'README.md', 'report']).toEqual(expect.arrayContaining(readdirSync(folder)));
    expect(reports).toEqual(expect.arrayContaining(readdirSync(`${folder}report`)));
    const list = [...readFileSync(`${folder}README.md`, 'utf8').matchAll(/\]\((\S+\.md)\)/g)].map(([, page]) => page);
    expect(list.sort()).toEqual(pages.sort());
  });

  test('every exported name says in a comment what it is', () => {
    const silent = entries.flatMap(({ name, items }) =>
      exported(items).flatMap((item) => (readDocComment(item.docComment).summary ? [] : [`${name}: ${item.name}`])),
    );
    expect(silent).toEqual([]);
  });
});
