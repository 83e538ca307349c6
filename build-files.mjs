/** What the compiler leaves out of dist: files that are served or required as they are, the schema of plans, the right to run the command line. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';

const CLI = 'dist/cli/main.js';

chmodSync(CLI, 0o755);
cpSync('encryption/failure-converter.cjs', 'dist/encryption/failure-converter.cjs');
cpSync('board/assets', 'dist/board/assets', { recursive: true });
writeFileSync('dist/plan.schema.json', execFileSync(process.execPath, [CLI, 'schema']));
