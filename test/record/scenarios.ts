/** Every scenario: what a history of must be in the repository. */
import { CONTINUED } from './continued.js';
import { DECIDED } from './decided.js';
import { LATER } from './later.js';
import { OWNED, OWNED_LONG } from './owned.js';
import { PROVISIONED } from './provisioned.js';
import { RESET } from './reset.js';
import type { Scenario } from './scenario.js';
import { UNDONE } from './undone.js';

export const SCENARIOS: readonly Scenario[] = [
  ...PROVISIONED,
  ...UNDONE,
  ...RESET,
  ...DECIDED,
  ...LATER,
  ...OWNED,
  ...CONTINUED,
  ...OWNED_LONG,
];
