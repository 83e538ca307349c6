/**
 * One version in every place that tells it. `npm version` runs this: the constant and the change log follow package.json.
 * With `--check TAG`, which the release workflow runs before it publishes: fails unless all of them say what the tag says.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const CONSTANT = 'contract/version.ts';
const CHANGES = 'CHANGELOG.md';
const UNRELEASED = '## [Unreleased]\n';

const read = (path) => readFileSync(path, 'utf8');
const { version } = JSON.parse(read('package.json'));
const [task, tag] = process.argv.slice(2);

if (task === '--check') check();
else write();

function check() {
  const problems = [
    tag === `v${version}` ? [] : ['the tag must be v and the version in package.json'],
    read(CONSTANT).includes(`VERSION = '${version}'`) ? [] : [`${CONSTANT} must say ${version}`],
    newest() === version ? [] : [`${CHANGES} must have ${version} as its newest version`],
  ].flat();
  for (const problem of problems) process.stderr.write(`${problem}; npm version writes it\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function write() {
  const changes = read(CHANGES);
  if (newest() !== version) {
    if (!changes.includes(UNRELEASED)) throw new Error(`${CHANGES} must have a heading ${UNRELEASED.trim()}`);
    const today = new Date().toISOString().slice(0, 10);
    writeFileSync(CHANGES, changes.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${today}\n`));
  }
  writeFileSync(CONSTANT, read(CONSTANT).replace(/VERSION = '[^']*'/, `VERSION = '${version}'`));
}

function newest() {
  return /^## \[(\d[^\]]*)\]/m.exec(read(CHANGES))?.[1];
}
