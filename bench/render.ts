/** Results as tables, in Markdown: what the terminal shows, and what stands in the documentation. */
import type { Figure } from './measure.js';
import type { Results } from './results.js';

type Row = readonly string[];

export function render(results: Results): string {
  const { conditions: c } = results;
  const sections = [
    `Conditions: ${c.cores} cores, ${c.memoryGiB} GiB, Node ${c.node}, Temporal dev server ${c.temporalServer}, ${c.version}, scale ${c.scale}.`,
    ...twoStep(results),
    ...overhead(results),
    ...providerLimit(results),
    ...recovery(results),
    ...orphans(results),
    ...manyOpen(results),
    ...coldStart(results),
  ];
  return `${sections.join('\n\n')}\n`;
}

function twoStep({ twoStep: all = [] }: Results): string[] {
  return (['healthy', 'refused'] as const).flatMap((fate) => {
    const rows = all.filter((row) => row.fate === fate);
    const [first] = rows;
    if (rows.length === 0) return [];
    const title = fate === 'healthy' ? 'Two steps, success' : 'Two steps, the second refused: rollback';
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
    const base = first?.overBase && [
      `Ratios are to ${first.overBase.title}, round by round: the median, and the quartiles beside it.`,
    ];
    return [`### ${title}`, table(head, body), ...(base ?? [])];
  });
}

function overhead({ overhead: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map(({ title, createMs, ratio: figure }) => [
    title,
    `${createMs} ms`,
    figure.median.toFixed(3),
    `${figure.low.toFixed(3)} to ${figure.high.toFixed(3)}`,
  ]);
  return ["### Overhead: wall time over the clouds' own", table(['', 'each create takes', 'ratio', 'quartiles'], body)];
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
    `### Under a provider's limit of ${first?.limitPerMinute} requests a minute`,
    table(['workers', 'of the bound', 'sagas a minute', 'requests a saga', 'refused for the limit'], body),
    ...shared,
  ];
}

function recovery({ recovery: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map(({ title, what, ms }) => [title, what, spread(ms)]);
  return ['### From a cancel, or SIGKILL of the worker, to the end', table(['', 'what', 'ms'], body)];
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
    `### Orphans: ${first.kills} kills and ${first.cancels} cancels over ${first.sagas} sagas, seed ${first.seed}`,
    table(['', 'orphans', 'missing of what is done', 'done', 'undone', 'lost', 'open'], body),
  ];
}

function manyOpen({ manyOpen: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  const body = rows.map((row) => [
    String(row.openAtOnce),
    row.startSeconds.toFixed(0),
    row.finishSeconds.toFixed(0),
    (row.sagas / row.finishSeconds).toFixed(1),
    row.memoryBefore.toFixed(0),
    row.memoryPeak.toFixed(0),
    String(row.evictions),
  ]);
  return [
    '### Very many at once',
    table(
      [
        'open at once',
        's to start all',
        's to end all',
        'sagas/s',
        'worker MiB before',
        'worker MiB at most',
        'evicted from the cache',
      ],
      body,
    ),
  ];
}

function coldStart({ coldStart: rows = [] }: Results): string[] {
  if (rows.length === 0) return [];
  return [
    '### Cold start',
    table(
      ['', 'ms'],
      rows.map(({ what, ms }) => [what, spread(ms)]),
    ),
  ];
}

function ratio(figure: Figure | undefined): string {
  return figure ? `${figure.median.toFixed(2)} (${figure.low.toFixed(2)} to ${figure.high.toFixed(2)})` : '';
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
