/** Where the module is that a bundler takes beside the workflows: its source while ours is run from source, as in tests. */
import { fileURLToPath } from 'node:url';

export const TRACE_WORKFLOW = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './trace-workflow.ts' : './trace-workflow.js', import.meta.url),
);
