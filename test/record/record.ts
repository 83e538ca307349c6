/**
 * Plays scenarios and keeps their histories, one event a line. Only what is missing is played, unless it is asked for:
 * an old history is worth more than a new one, since it is what runs in flight look like.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type History, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import type { Rig } from '../support/rig.js';
import type { Scenario } from './scenario.js';

/** What `npm run histories:record` was asked for: names of files, or `all`. */
const asked = (process.env.RECORD_HISTORIES ?? '').split(' ').filter((word) => word !== '');

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../histories/${file}.json`, import.meta.url));
}

function isWanted({ files }: Scenario): boolean {
  if (asked.length > 0) return asked.includes('all') || files.some((file) => asked.includes(file));
  return files.some((file) => !existsSync(pathOf(file)));
}

/** Who ran it (process id and machine, in identities and names of sticky queues) is no part of what is replayed. */
function asFile(history: History): string {
  const hide = (_key: string, value: unknown) =>
    typeof value === 'string' && /^\d+@/.test(value) ? 'recorder' : value;
  const { events } = JSON.parse(historyToJSON(history)) as { events: readonly unknown[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event, hide)).join(',\n')}\n]}\n`;
}

export function record(rig: Rig, scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) {
    test.runIf(isWanted(scenario))(`recorded: ${scenario.files.join(', ')}`, async () => {
      const runs = await scenario.play(rig);
      expect(runs).toHaveLength(scenario.files.length);
      for (const [index, run] of runs.entries()) {
        writeFileSync(pathOf(scenario.files[index] ?? ''), asFile(await run.fetchHistory()));
      }
    });
  }
}
