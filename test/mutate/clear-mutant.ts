/** The thread outlives its mutant: what the next run imports must not meet the mutant of the one before. */
import { afterAll } from 'vitest';

afterAll(() => {
  const { __stryker__: shared } = globalThis as { __stryker__?: { activeMutant?: string | undefined } };
  if (shared) shared.activeMutant = undefined;
});
