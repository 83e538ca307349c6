/** What is wrong with a configuration, all of it at once: paths and what would be right, never a value found there. */
import type { Problem } from './failures.js';

/** Thrown when a worker starts with a configuration that cannot work. Its message lists every problem, a line each. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';

  constructor(
    readonly problems: readonly Problem[],
    /** The file they are in; undefined where the configuration was given by a program. */
    readonly file?: string,
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = problems.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
    super([`${count} in ${file ?? 'the configuration'}:`, ...lines].join('\n'));
  }
}
