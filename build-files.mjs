/** What the compiler leaves out of dist: the board's files, the schema of plans, and the right to run the command line. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';

const CLI = 'dist/cli/main.js';

chmodSync(CLI, 0o755);
cpSync('board/assets', 'dist/board/assets', { recursive: true });
writeFileSync('dist/plan.schema.json', execFileSync(process.execPath, [CLI, 'schema']));
