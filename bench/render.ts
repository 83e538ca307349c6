/** Results as tables, in Markdown: what the terminal shows, and what stands in the documentation. */
import { judge } from './judge.js';
import type { Figure } from './measure.js';
import type { Results } from './results.js';
import type { Fate } from './sagas.js';

type Row = readonly string[];

/** All that was measured, one section after the other. */
export function render(results: Results): string {
  return Object.entries(sectionsOf(results))
    .map(([name, text]) => `## ${name}\n\n${text}\n`)
    .join('\n');
}

/** `page` with each `<!-- bench: NAME -->` replaced by the section of that name; what was not measured is said to be missing. */
export function fillPage(page: string, results: Results): string {
  const sections = sectionsOf(results);
  return page.replace(
    /<!-- bench: (.+?) -->/gu,
    (_place, name: string) => sections[name] ?? 'Not measured in this run.',
  );
}

/** By their names, in the order in which they read best. What was not measured has none. */
export function sectionsOf(results: Results): Readonly<Record<string, string>> {
  const { conditions: c } = results;
  const all: Readonly<Record<string, readonly string[]>> = {
    conditions: [
      `${c.date}, ${c.cores} cores (${c.processor}), ${c.memoryGiB} GiB, Node ${c.node}, Temporal's dev server ${c.temporalServer}, ${c.version}, scale ${c.scale}.`,
      `${Object.entries(c.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
    ],
    targets: targets(results),
    success: twoStep(results, 'healthy'),
    rollback: twoStep(results, 'refused'),
    overhead: overhead(results),
    'provider limit': providerLimit(results),
    orphans: orphans(results),
    recovery: recovery(results),
    'many open': manyOpen(results),
    'cold start': coldStart(results),
  };
  const found = Object.entries(all).filter(([, parts]) => parts.length > 0);
  return Object.fromEntries(found.map(([name, parts]) => [name, parts.join('\n\n')]));
}

function targets(results: Results): string[] {
  const rows = judge(results).map(({ what, wanted, found, reached }) => [what, wanted, found, reached]);
  return rows.length === 0 ? [] : [table(['', 'wanted', 'found', 'reached'], rows)];
}

function twoStep({ twoStep: all = [] }: Results, fate: Fate): string[] {
  const rows = all.filter((row) => row.fate === fate);
  const [first] = rows;
  if (!first) return [];
  const head = [
    '',
    'wall, ratio',
    'sagas/s, ratio',
    'CPU, ratio',
    'p50 ms',
    'p99 ms',
    'sagas/s',
    'CPU ms',
    'CPU ms, with servers',
    'requests',
    'events',
    'workflow tasks',
    'actions',
  ];
  const body = rows.map((row) => [
    row.title,
    ratio(row.overBase?.wall),
    ratio(row.overBase?.throughput),
    ratio(row.overBase?.workerCpu),
    spread(row.wallMs),
    row.wallMs.p99.toFixed(0),
    spread(row.throughput),
    spread(row.workerCpuMs),
    spread(row.totalCpuMs),
    String(row.providerRequests),
    row.temporal ? String(row.temporal.events) : '',
    row.temporal ? String(row.temporal.workflowTasks) : '',
    row.temporal ? String(row.temporal.actions) : '',
  ]);
  const { overBase } = first;
  const base = overBase
    ? `Ratios are to ${overBase.title}, round by round: the median, and the quartiles beside it. `
    : '';
  const { wallMs, throughput, sagas, atOnce } = first;
  return [
    table(head, body),
    `${base}One at a time: ${wallMs.count} rounds. Sagas/s and CPU: ${throughput.count} rounds of ${sagas} sagas, ${atOnce} at once.`,
  ];
}

function overhead({ overhead: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map(({ title, createMs, ratio: over, aboveBare, overBare }) => [
    title,
    `${createMs} ms`,
    String(over.count),
    ratio(over, 3),
    ratio(aboveBare, 3),
    ratio(overBare, 3),
  ]);
  const head = [
    '',
    'each create takes',
    'rounds',
    "wall time over the clouds' own",
    "less bare Temporal's",
    "over bare Temporal's",
  ];
  return [table(head, body)];
}

function providerLimit({ providerLimit: rows = [], requestsPerSaga: requests }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map((row) => [
    String(row.workers),
    row.ofBound.toFixed(3),
    row.sagasPerMinute.toFixed(0),
    row.requestsPerSaga.toFixed(2),
    String(row.throttled),
  ]);
  const [first] = rows;
  const shared = requests
    ? [
        `A saga alone makes ${requests.alone.toFixed(1)} requests to DataArts Studio, each of ${requests.atOnce} at once ${requests.together.toFixed(2)}.`,
      ]
    : [];
  return [
    `The limit: ${first?.limitPerMinute} requests a minute.`,
    table(['workers', 'of the limit used', 'sagas a minute', 'requests a saga', 'refused for the limit'], body),
    ...shared,
  ];
}

function recovery({ recovery: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map(({ title, what, ms, left }) => [title, what, spread(ms), String(left)]);
  const rounds = `${rows[0]?.ms.count} rounds each.`;
  return [table(['', 'what', 'ms', 'still alive then, over all rounds'], body), rounds];
}

function orphans({ orphans: rows = [] }: Results): string[] {
  const [first] = rows;
  if (!first) return [];
  const body = rows.map(({ title, orphans: left, incomplete, endings }) => [
    title,
    String(left),
    String(incomplete),
    ...[endings.done, endings.undone, endings.lost, endings.open].map(String),
  ]);
  return [
    `${first.kills} kills of the worker and ${first.cancels} cancels over ${first.sagas} sagas, seed ${first.seed}.`,
    table(['', 'orphans', 'missing of what is done', 'done', 'failed or cancelled', 'lost', 'open'], body),
  ];
}

function manyOpen({ manyOpen: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map((row) => [
    String(row.openAtOnce),
    row.startSeconds.toFixed(0),
    row.finishSeconds.toFixed(0),
    (row.sagas / row.finishSeconds).toFixed(1),
    row.memoryPeak.toFixed(0),
    String(row.evictions),
  ]);
  return [
    table(
      ['open at once', 's to start all', 's to end all', 'sagas/s', 'worker MiB at most', 'evicted from the cache'],
      body,
    ),
  ];
}

function coldStart({ coldStart: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  return [
    table(
      ['', 'ms'],
      rows.map(({ what, ms }) => [what, spread(ms)]),
    ),
  ];
}

function ratio(figure: Figure | undefined, digits = 2): string {
  if (!figure) return '';
  const [median, low, high] = [figure.median, figure.low, figure.high].map((value) => value.toFixed(digits));
  return `${median} (${low} to ${high})`;
}

/** The median, and the quartiles beside it. */
function spread({ median, low, high }: Figure): string {
  const digits = median < 100 ? 1 : 0;
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function table(head: Row, body: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}
