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

test('a rollback adds two actions for each delete, and a retry adds two', () => {
  // Four creates, of which the last was refused, and three deletes.
  expect(told('rolled-back-refused')).toEqual({
    start_workflow: 1,
    record_activity_markers: 1,
    upsert_workflow_search_attributes: 2,
    schedule_activity: 7,
    fences: 7,
    total: 18,
  });
  // Two creates, of which one was tried twice, and a delete.
  expect(told('rolled-back-after-lost-answer')).toEqual({
    start_workflow: 1,
    record_activity_markers: 1,
    upsert_workflow_search_attributes: 2,
    schedule_activity: 3,
    retry_activity: 1,
    fences: 4,
    total: 12,
  });
});

test('a managed plan adds its looks; giving it up adds the move and two upserts; its next run adds a start and an upsert', () => {
  expect(told('managed-given-up')).toEqual({
    start_workflow: 1,
    record_activity_markers: 1,
    upsert_workflow_search_attributes: 4,
    schedule_activity: 4,
    fences: 4,
    start_timer: 1,
    update_workflow: 1,
    total: 16,
  });
  // Two creates, then a look at both that found what waits for a person.
  expect(told('managed-long-first')).toEqual({
    start_workflow: 1,
    record_activity_markers: 1,
    upsert_workflow_search_attributes: 3,
    schedule_activity: 4,
    fences: 2,
    start_timer: 1,
    total: 12,
  });
  // No check again, and its outcome once more; then both are given up.
  expect(told('managed-long-last')).toEqual({
    start_workflow: 1,
    upsert_workflow_search_attributes: 4,
    schedule_activity: 2,
    fences: 2,
    start_timer: 1,
    update_workflow: 1,
    total: 11,
  });
});

test('moves of operators, timers and resets are counted, as they stand in their histories', () => {
  expect(told('decided-retry')).toMatchObject({ update_workflow: 1 });
  expect(told('reset-running')).toMatchObject({ reset_workflow: 1 });
  expect(told('managed-given-up').start_timer).toBeGreaterThan(0);
  expect(told('parent-of-a-child')).toMatchObject({ start_child_workflow: 1 });
});
