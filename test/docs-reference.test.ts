/** The reference pages are what the source says now; `npm run docs:reference` writes them anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BUILT_IN_KINDS } from '../activities/providers/built-in.js';
import { buildProgram } from '../cli/program.js';
import { cliPage, helpOf } from '../docs/generator/cli-page.js';
import { kindPage } from '../docs/generator/kind-page.js';
import { metricsPage } from '../docs/generator/metrics-page.js';
import { METRICS } from '../worker/telemetry/metric-list.js';
import { wordsOf } from './support/shell-words.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const reference = new URL('../docs/reference/', import.meta.url);
/** Labels of metrics that begin with `temporal_`. */
const OF_THE_SDK = ['worker_type', 'failure_reason'];

const STALE = 'not what the source says: run npm run docs:reference';

test('the page of the command line says what the program says of itself', async () => {
  await expect(cliPage(buildProgram()), STALE).toMatchFileSnapshot(fileURLToPath(new URL('cli.md', reference)));
});

test('the page of metrics lists each one that a worker records', async () => {
  await expect(metricsPage(), STALE).toMatchFileSnapshot(fileURLToPath(new URL('metrics.md', reference)));
});

test('rules and queries speak of metrics and labels that there are', () => {
  const texts = [
    'docs/how-to/observe.md',
    'examples/prometheus/alerts.yaml',
    'deploy/grafana/dashboards/provisioner.json',
  ].map((path) => readFileSync(root + path, 'utf8'));
  const named = texts.flatMap((text) => text.match(/\bprovisioner_[a-z_]*[a-z]\b/g) ?? []);
  expect(named.length).toBeGreaterThan(10);
  const known = Object.keys(METRICS);
  const stem = (name: string) => name.replace(/_bucket$/, '');
  expect(named.filter((name) => name !== 'provisioner_plans' && !known.includes(stem(name)))).toEqual([]);
  const labels = new Set<string>([
    ...Object.values(METRICS).flatMap((metric) => metric.labels),
    'le',
    'namespace',
    ...OF_THE_SDK,
  ]);
  const by = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)),
  );
  expect(by.filter((label) => !labels.has(label))).toEqual([]);
});

test.each(BUILT_IN_KINDS.map((kind) => [kind.name, kind] as const))(
  'the page of %s holds its tables as the kind has them',
  async (name, kind) => {
    const page = fileURLToPath(new URL(`kinds/${name}.md`, reference));
    await expect(await kindPage(root, kind), STALE).toMatchFileSnapshot(page);
  },
);

test('there is a page for each kind and for nothing else, and the list of kinds leads to it', () => {
  const pages = BUILT_IN_KINDS.map(({ name }) => `${name}.md`);
  expect(readdirSync(new URL('kinds/', reference)).sort()).toEqual(['README.md', ...pages].sort());
  const list = readFileSync(new URL('kinds/README.md', reference), 'utf8');
  expect([...list.matchAll(/\]\((\S+)\)/g)].map(([, page]) => page)).toEqual(pages);
});

test('the example of each command is a command line that the program takes', async () => {
  for (const { name, example } of buildProgram().commands.map((each) => ({ name: each.name(), ...helpOf(each) }))) {
    const program = buildProgram();
    const given: string[] = [];
    for (const command of program.commands) command.action(() => void given.push(command.name()));
    await program.parseAsync(wordsOf(example), { from: 'user' });
    expect(given, example).toEqual([name]);
  }
});
