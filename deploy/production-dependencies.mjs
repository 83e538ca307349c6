/**
 * What the image keeps of package.json's lists, before `npm prune`: dependencies, peers, and what tracing loads when it is
 * turned on. The rest is for development; versions stay those of the lockfile.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const TRACING = /^@opentelemetry\/|^@temporalio\/interceptors-opentelemetry$/;

const { scripts: _scripts, devDependencies, ...kept } = JSON.parse(readFileSync('package.json', 'utf8'));
const tracing = Object.entries(devDependencies).filter(([name]) => TRACING.test(name));
const dependencies = { ...kept.dependencies, ...Object.fromEntries(tracing) };
writeFileSync('package.json', `${JSON.stringify({ ...kept, dependencies }, null, 2)}\n`);
