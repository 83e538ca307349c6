/**
 * The list of ten thousand plans. No worker takes them up: a run that waits for one is a row like any other, and cheap.
 * The board's pages are walked from the first to the last, each as a browser would follow its link.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Board } from '../../board/board.js';
import { ProvisionerClient } from '../../client/client.js';
import { boardOver, Visitor } from '../support/board.js';

const PLANS = 10_000;
const AT_ONCE = 50;
const PREFIX = `many-${randomUUID().slice(0, 8)}-`;

let connection: Connection;
let client: Client;
let board: Board;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection });
  board = await boardOver(client);
  const numbers = Array.from({ length: PLANS }, (_, index) => index).values();
  const startSome = async () => {
    for (const number of numbers) {
      const workflowId = `provision-${PREFIX}${number}`;
      await client.workflow.start('provision', { workflowId, taskQueue: PREFIX, args: [{}] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startSome));
  const provisioner = new ProvisionerClient({ client });
  while ((await provisioner.count({ prefix: PREFIX })) < PLANS) await sleep(500);
}, 900_000);

afterAll(async () => {
  await board.close();
  await connection.close();
});

test('every plan stands on exactly one page of fifty, and each page says how many there are', async () => {
  const visitor = new Visitor(board.url);
  const seen = new Set<string>();
  let rows = 0;
  let pages = 0;
  let next: string | undefined = `/?name=${PREFIX}`;
  while (next !== undefined) {
    const answer = await visitor.get(next);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    const names = [...text.matchAll(/<a href="\/plans\/([^"]+)">/g)].map(([, name = '']) => name);
    for (const name of names) seen.add(name);
    rows += names.length;
    pages += 1;
    if (pages < PLANS / 50) expect(text).toContain(`${names.length} of 10,000 shown`);
    next = /<a rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(seen.size).toBe(PLANS);
  expect(rows).toBe(PLANS);
  expect(pages).toBeLessThanOrEqual(PLANS / 50 + 1);
});

test('a name’s beginning finds its plan among ten thousand', async () => {
  const text = await (await new Visitor(board.url).get(`/?name=${PREFIX}7777&running=1`)).text();
  expect([...text.matchAll(/<a href="\/plans\/([^"]+)">/g)].map(([, name]) => name)).toEqual([`${PREFIX}7777`]);
});
