/** What a plan costs in Temporal Cloud's actions, counted from recorded histories: the figures that the documentation gives. */
import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import { countActions, fences, totalActions } from './support/count-actions.js';

function eventsOf(name: string) {
  const text = readFileSync(new URL(`./histories/${name}.json`, import.meta.url), 'utf8');
  return historyFromJSON(JSON.parse(text)).events ?? [];
}

/** Those that are not none. */
function told(name: string): Readonly<Record<string, number>> {
  const events = eventsOf(name);
  const counted = Object.entries({ ...countActions(events), fences: fences(events), total: totalActions(events) });
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

test('a plan of four resources costs its start, one check, two upserts, and two actions for each create', () => {
  expect(told('provisioned-flagship')).toEqual({
    start_workflow: 1,
    record_activity_markers: 1,
    upsert_workflow_search_attributes: 2,
    schedule_activity: 4,
    fences: 4,
    total: 12,
  });
});

test('a rollback adds two actions for each delete, and retries one or two for each attempt', () => {
  const { retry_activity = 0, ...lost } = told('rolled-back-after-lost-answer');
  expect(retry_activity).toBeGreaterThan(0);
  expect(lost.schedule_activity).toBeGreaterThan(1);
  const { total = 0, fences: fenced = 0 } = told('rolled-back-after-lost-answer');
  expect(total).toBeGreaterThan(fenced);
});

test('moves of operators, timers and resets are counted, as they stand in their histories', () => {
  expect(told('decided-retry')).toMatchObject({ update_workflow: 1 });
  expect(told('reset-running')).toMatchObject({ reset_workflow: 1 });
  expect(told('managed-given-up').start_timer).toBeGreaterThan(0);
  expect(told('parent-of-a-child')).toMatchObject({ start_child_workflow: 1 });
});
