/** Nothing that a provider, a plan or a ledger says becomes markup, whichever place of a page it stands in. */
import { Client, Connection } from '@temporalio/client';
import { html } from 'hono/html';
import { describe, expect, test } from 'vitest';
import { ACT_WORDS } from '../../board/act-words.js';
import type { Act } from '../../board/offers.js';
import { page } from '../../board/page.js';
import type { PlanFacts } from '../../board/plan-facts.js';
import { planBody } from '../../board/plan-page.js';
import { plansBody } from '../../board/plans-page.js';
import { age, clock, cut, plain, webLink } from '../../board/words.js';
import { ProvisionFailedError } from '../../client/errors.js';
import { ProvisionHandle } from '../../client/handle.js';
import type { Ledger, LedgerStep } from '../../contract/ledger.js';
import { MOVES } from '../../contract/moves.js';
import { NOWHERE } from '../support/board.js';

const EVIL = `"'><img src=x onerror=alert(1)>&<script>alert(2)</script>`;
const client = new Client({ connection: Connection.lazy({ address: NOWHERE }) });
const cause = {
  type: 'AccessDenied',
  message: EVIL,
  provider: EVIL,
  operation: EVIL,
  code: EVIL,
  requestId: EVIL,
} as const;
const attention = { reason: EVIL, since: EVIL, moves: [...MOVES], requestId: EVIL };
const verified = {
  at: EVIL,
  verdict: 'differs',
  why: EVIL,
  differences: [{ field: EVIL, planned: EVIL, actual: EVIL }],
} as const;
const step: LedgerStep = {
  kind: EVIL,
  connection: EVIL,
  state: 'deleting',
  since: EVIL,
  id: EVIL,
  requestId: EVIL,
  attention,
  cause,
  verified,
};
const ledger: Ledger = {
  plan: EVIL,
  steps: { [EVIL]: step, other: { ...step, state: 'live' } },
  attention,
  moves: [{ step: EVIL, move: 'adopt', by: EVIL, why: EVIL, at: EVIL, id: EVIL, result: 'failed', error: EVIL }],
};

function factsWith(more: Partial<PlanFacts> = {}): PlanFacts {
  const handle = new ProvisionHandle(client, EVIL, EVIL);
  const times = { startTime: new Date(0), closeTime: undefined };
  return {
    name: EVIL,
    handle,
    run: {
      handle: client.workflow.getHandle(EVIL),
      workflowId: EVIL,
      runId: EVIL,
      firstRunId: EVIL,
      type: 'provision',
      status: 'RUNNING',
      memo: {},
      planHash: undefined,
      outcome: undefined,
      cancelRequested: false,
      ...times,
    },
    ledger,
    source: 'query',
    outcome: undefined,
    plan: {
      name: EVIL,
      resources: { [EVIL]: { kind: EVIL, connection: EVIL, spec: { x: { $ref: `other.${EVIL}` } }, protect: true } },
    },
    links: { [EVIL]: `https://console.example/${EVIL}`, other: 'javascript:alert(3)' },
    simulated: [EVIL],
    failure: undefined,
    givenUp: undefined,
    ui: `https://ui.example/${EVIL}`,
    ...more,
  };
}

const around = { formToken: html``, by: EVIL, now: 0 };
const typed = Object.fromEntries(['by', 'why', 'id', 'outputs', 'confirm', 'typed'].map((name) => [name, EVIL]));

/** Every tag and every attribute of the page, as far as the markup makes them. */
function expectHarmless(text: string): void {
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(text).not.toMatch(/<img src=x|<script>|javascript:/);
  const tags = text.match(/<[a-z][^>]*>/g) ?? [];
  for (const tag of tags) {
    // What is left without the values: a quote that ended its attribute early would leave more than names.
    const names = tag.replace(/="[^"]*"/g, '').slice(1, -1);
    expect(names, tag).toMatch(/^[a-zA-Z0-9 -]+\/?$/);
    expect(names, tag).not.toMatch(/ (on[a-z]+|style)( |$)/);
  }
}

describe('what a stranger said', () => {
  test('stands as text on the page of a plan that waits, in its drawing, its table, its moves and each of its forms', async () => {
    for (const act of Object.keys(ACT_WORDS) as Act[]) {
      const problems = ['by', 'why', 'id', 'outputs', 'confirm', 'typed'].map((path) => ({ path, message: EVIL }));
      const refused = { act, step: EVIL, typed, message: EVIL, problems };
      const sent = { act: 'adopt', step: EVIL } as const;
      expectHarmless(String(await planBody({ ...around, facts: factsWith(), sent, refused })));
    }
  });

  test('stands as text on the page of a plan that ended', async () => {
    const problems = [{ path: EVIL, message: EVIL }];
    const failure = new ProvisionFailedError({ outcome: 'RolledBack', message: EVIL, ledger, facts: cause, problems });
    const facts = factsWith({ outcome: 'RolledBack', failure });
    expectHarmless(String(await planBody({ ...around, facts, sent: undefined, refused: undefined })));
  });

  test('stands as text in the list, and in the frame of every page', async () => {
    const listed = {
      plan: EVIL,
      workflowId: EVIL,
      runId: EVIL,
      status: EVIL,
      attention: false,
      connections: [EVIL],
      startTime: new Date(0),
    };
    const view = { filter: { prefix: EVIL }, pageToken: EVIL };
    const body = plansBody({ view, page: { provisionings: [listed], nextPageToken: EVIL }, count: 1, waiting: 0 });
    const place = { address: EVIL, namespace: EVIL };
    expectHarmless(String(await page({ title: EVIL, body, place, refresh: { url: EVIL, everyMs: 1 } })));
  });

  test('is no link unless a browser may follow it', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'no url', '//x', undefined]) {
      expect(webLink(url)).toBeUndefined();
    }
    expect(webLink('https://console.example/a?b="c"')).toBe('https://console.example/a?b=%22c%22');
  });

  test('loses what would rewrite the line that it stands in', () => {
    expect(plain('a\u202eb\u0007c\nd')).toBe('a b c d');
    expect(cut('abcdef', 4)).toBe('abc…');
  });
});

test('an age is told in two units at most, and none where there is no time', () => {
  const now = Date.parse('2026-01-10T00:00:00Z');
  const ages = [
    '2026-01-09T23:59:48Z',
    '2026-01-09T23:57:10Z',
    '2026-01-09T21:55:00Z',
    '2026-01-05T23:00:00Z',
    '2026-01-11T00:00:00Z',
  ];
  expect(ages.map((since) => age(since, now))).toEqual(['12 s', '2 min', '2 h 5 min', '4 d 1 h', '0 s']);
  expect([age(undefined, now), age('x', now), clock('x'), clock(new Date(now))]).toEqual([
    undefined,
    undefined,
    'x',
    '2026-01-10 00:00:00 UTC',
  ]);
});
