/** Log lines as a person reads them on a terminal, without what must not get out. */
import { expect, test } from 'vitest';
import { createTextLogger } from '../../worker/telemetry/text-logger.js';

const SECRET = 'hunter2-long-enough';

test('a line for people holds time, level, message and fields, and neither a secret nor a task token', () => {
  const lines: string[] = [];
  const logger = createTextLogger({ level: 'INFO', secrets: () => [SECRET], write: (line) => void lines.push(line) });
  logger.debug('quiet');
  logger.warn(`refused ${SECRET}`, { plan: 'p', said: encodeURIComponent(SECRET), taskToken: 'dG9rZW4=' });
  logger.info('plain');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^\d{4}-\S+Z \[WARN\] refused \*\*\* \{ plan: 'p', said: '\*\*\*' \}\n$/);
  expect(lines[1]).toMatch(/^\S+ \[INFO\] plain\n$/);
});
