/** A stranger's compiler takes every export and every example, in each way that it may look for types. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { run } from './stranger.js';

const { node20: project } = inject('projects');
const COMPILERS = { 'TypeScript 7': 'typescript', 'TypeScript 5.9': 'typescript-5' };
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

let configs = 0;

/** Every complaint, as `file(line,column): error …`. */
async function complaints(compiler: string, options: object): Promise<readonly string[]> {
  const file = `tsconfig.${configs++}.json`;
  const common = { target: 'es2022', strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ['node'] };
  const compilerOptions = { ...common, resolveJsonModule: true, ...options };
  writeFileSync(join(project.folder, file), JSON.stringify({ compilerOptions, include: ['src'] }));
  const { code, stdout } = await run(project, 'node', `node_modules/${compiler}/bin/tsc`, '-p', file);
  const found = stdout.split('\n').filter((line) => /error TS/.test(line));
  expect([code === 0, found]).toEqual([found.length === 0, found]);
  return found;
}

const ways = Object.entries(COMPILERS).flatMap(([name, compiler]) =>
  RESOLUTIONS.map((options) => ({ name, compiler, options, how: options.moduleResolution })),
);

// The setup compiles the same with skipLibCheck, as users have it: the SDK's own declarations do not pass without.
test.each(ways)('$name with $how resolution finds no fault with exports, examples and declarations', async (way) => {
  const found = await complaints(way.compiler, { ...way.options, skipLibCheck: false });
  expect(found.filter((line) => !/^node_modules\/(@temporalio|@swc|webpack|ms)\//.test(line))).toEqual([]);
});
