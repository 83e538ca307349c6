#!/usr/bin/env node
/** `npm run explore`: goes through every schedule of every scenario, or goes deeper for as long as it is told. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { fromSeed } from './choices.js';
import { type Exploration, replay, withBounds } from './explore.js';
import { exploreAll } from './explore-all.js';
import { explorationText, findingText, totalText } from './report.js';
import { ADVERSITIES, type Adversity, type Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import { bundleWorkflows, openIsolates } from './sdk-isolate.js';

const WORKFLOWS = fileURLToPath(new URL('../../workflows/index.js', import.meta.url));

interface Options {
  readonly deep?: true;
  readonly minutes: number;
  readonly seconds?: number;
  readonly only?: string;
  readonly adversities?: number;
  readonly wrong?: readonly Adversity[];
  readonly replay?: string;
  readonly threads: number;
  readonly json?: true;
  readonly first?: true;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`a whole number from ${least} on`);
    return value;
  };
}

const program = new Command('explore')
  .description(
    'Runs the shipped workflow through every order of events, without a server, and checks what is promised.',
  )
  .option('--deep', 'one more thing goes wrong, one more step out of turn, then again, until the time is over')
  .option('--minutes <n>', 'how long --deep goes on', whole(1), 10)
  .option('--seconds <n>', 'without --deep: stop after so long, whatever is left', whole(1))
  .option('--only <text>', 'only scenarios whose name holds this text')
  .option('--adversities <n>', 'so many things go wrong, whatever the scenario says', whole(0))
  .option('--wrong <kinds>', `only these go wrong: ${ADVERSITIES.join(', ')}`, adversities)
  .option('--first', 'stop at the first promise that is broken')
  .option('--replay <scenario:seed>', 'one schedule again, as a finding names it')
  .option('--threads <n>', 'threads', whole(1), Math.min(2, availableParallelism()))
  .option('--json', 'one JSON document');

function adversities(text: string): readonly Adversity[] {
  const kinds = text.split(',').map((name) => ADVERSITIES.find((known) => known === name));
  if (kinds.includes(undefined)) throw new InvalidArgumentError(`some of: ${ADVERSITIES.join(', ')}; commas between`);
  return kinds.filter((kind) => kind !== undefined);
}

function chosen({ only, adversities: count, wrong }: Options): readonly Scenario[] {
  const scenarios = SCENARIOS.filter(({ name }) => only === undefined || name.includes(only));
  if (scenarios.length === 0) {
    throw new Error(
      `--only: no scenario of that name; there are:\n${SCENARIOS.map(({ name }) => `  ${name}`).join('\n')}`,
    );
  }
  return scenarios.map((scenario) => ({
    ...withBounds(scenario, count === undefined ? {} : { adversities: count }),
    ...(wrong && { adversities: wrong }),
  }));
}

function atMost(scenarios: readonly Scenario[], adversities: number): readonly Scenario[] {
  return scenarios.map((scenario) =>
    withBounds(scenario, { adversities: Math.min(adversities, scenario.bounds.adversities) }),
  );
}

/** The rounds of a run: one; or with `--first` the shallow before the deep; or with `--deep` ever deeper ones. */
function* roundsOf(options: Options): Generator<readonly Scenario[]> {
  const scenarios = chosen(options);
  const most = Math.max(...scenarios.map(({ bounds }) => bounds.adversities));
  if (options.first) for (let few = 0; few < most; few += 1) yield atMost(scenarios, few);
  yield scenarios;
  for (let more = 1; options.deep; more += 1) {
    yield scenarios.map((scenario) => {
      const { adversities, preemptions, depth } = scenario.bounds;
      const order = preemptions === undefined ? {} : { preemptions: preemptions + more };
      return withBounds(scenario, { adversities: adversities + more, depth: depth * 2, ...order });
    });
  }
}

async function run(options: Options): Promise<readonly Exploration[]> {
  const seconds = options.deep ? options.minutes * 60 : options.seconds;
  const until = seconds === undefined ? {} : { until: Date.now() + seconds * 1000 };
  const all: Exploration[] = [];
  const say = (text: string) => (options.json ? undefined : process.stdout.write(`${text}\n`));
  const progress = process.stderr.isTTY
    ? (text: string) => process.stderr.write(`\r\u001b[K${text}`)
    : (_text: string) => undefined;
  for (const scenarios of roundsOf(options)) {
    const explorations = await exploreAll(scenarios, {
      workflowsPath: WORKFLOWS,
      threads: options.threads,
      stopAt: options.first ? 'first' : 'end',
      ...until,
      onProgress: ({ scenario, schedules, states }) =>
        progress(`${scenario}: ${schedules} schedules, ${states} states`),
      onDone: (exploration) => {
        progress('');
        say(explorationText(exploration));
        if (exploration.finding) say(findingText(exploration.finding));
      },
    });
    all.push(...explorations);
    const late = options.deep && Date.now() >= (until.until ?? 0);
    if (late || explorations.some(({ finding }) => finding)) return all;
  }
  return all;
}

async function replayOne(text: string, json: boolean): Promise<number> {
  const cut = text.lastIndexOf(':');
  const scenario = SCENARIOS.find(({ name }) => name === text.slice(0, cut));
  if (!scenario) throw new Error("--replay: must be 'scenario:seed', as a finding names it");
  // The seed may be of a deeper run.
  const generous = withBounds(scenario, { depth: 10_000 });
  const isolates = await openIsolates(await bundleWorkflows(WORKFLOWS));
  const finding = await replay(generous, fromSeed(text.slice(cut + 1)), isolates);
  if (json) process.stdout.write(`${JSON.stringify(finding ?? null)}\n`);
  else process.stdout.write(finding ? `${findingText(finding)}\n` : 'No promise is broken by this schedule.\n');
  return finding ? 1 : 0;
}

async function main(): Promise<number> {
  const options = program.parse().opts<Options>();
  if (options.replay !== undefined) return await replayOne(options.replay, options.json === true);
  const begun = performance.now();
  const explorations = await run(options);
  const seconds = (performance.now() - begun) / 1000;
  process.stdout.write(
    `${options.json ? JSON.stringify({ explorations, seconds }) : totalText(explorations, seconds)}\n`,
  );
  return explorations.some(({ finding }) => finding) ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
