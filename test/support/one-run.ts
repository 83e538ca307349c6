/** One run of `provision` in the SDK's isolate, with a test in place of the server: it hands over each answer. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import type { Json, Plan } from '../../contract/plan.js';
import type { ResolvedPlan, ResolvedStep } from '../../contract/steps.js';
import type { SweepReport } from '../../contract/sweep.js';
import { bundleWorkflows, type Isolate, type Isolates, openIsolates } from '../../testing/explorer/sdk-isolate.js';
import type { ActivityResolution, Command, Job, RunInfo } from '../../testing/explorer/workflow-protocol.js';

type Do<Name extends Command['do']> = Extract<Command, { readonly do: Name }>;

/**
 * For one test file: every run that a test opens ends with the test.
 * @param sources Of other workflows than ours.
 */
export function useIsolates(sources?: string): Isolates {
  let isolates: Isolates;
  const opened: Isolate[] = [];
  beforeAll(async () => {
    isolates = await (sources === undefined ? workflowIsolates() : bundleWorkflows(sources).then(openIsolates));
  });
  afterEach(async () => {
    for (const isolate of opened.splice(0)) await isolate.dispose();
  });
  afterAll(() => isolates.close());
  return {
    async open(run) {
      const isolate = await isolates.open(run);
      opened.push(isolate);
      return isolate;
    },
    close: () => isolates.close(),
  };
}

/** Of the sources as they stand, or of what the mutation run has made of them. */
async function workflowIsolates(): Promise<Isolates> {
  const path: string | undefined = inject('instrumentedBundlePath');
  const sources = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  return openIsolates(path === undefined ? await bundleWorkflows(sources) : readFileSync(path, 'utf8'));
}

export function resolvedStep(key: string, more: Partial<ResolvedStep> = {}): ResolvedStep {
  const common = { provider: 'model', connection: 'c', taskQueue: 'q:c', ifExists: 'fail', retain: false } as const;
  return { key, kind: `k.${key}`, dependsOn: [], ...common, ...more };
}

export function resolvedPlan(steps: readonly ResolvedStep[], more: Partial<ResolvedPlan> = {}): ResolvedPlan {
  const common = { onFailure: 'rollback', connections: ['c'], simulated: [], searchAttributes: true } as const;
  return { name: 'p', steps, fingerprint: 'f', ...common, ...more };
}

const INFO: RunInfo = { workflowId: 'provision-p', runId: 'r1', firstRunId: 'r1', originalRunId: 'r1' };

export class OneRun {
  /** All that it has commanded, in order. */
  readonly commands: Command[] = [];
  at = 1_000_000;
  continueAsNewSuggested = false;

  private constructor(private readonly isolate: Isolate) {}

  static async start(isolates: Isolates, plan: unknown, info: Partial<RunInfo> = {}): Promise<OneRun> {
    return OneRun.with(isolates, [plan], info);
  }

  static async with(
    isolates: Isolates,
    args: readonly unknown[],
    info: Partial<RunInfo> = {},
    at = 1_000_000,
  ): Promise<OneRun> {
    const run = new OneRun(await isolates.open({ ...INFO, ...info }));
    run.at = at;
    await run.job({ what: 'start', args: args as Json[] });
    return run;
  }

  /** A run whose plan is found right, with a spec for each step. */
  static async of(
    isolates: Isolates,
    resolved: ResolvedPlan,
    specs: Plan['resources'] = {},
    info: Partial<RunInfo> = {},
  ): Promise<OneRun> {
    const run = await OneRun.start(isolates, { name: resolved.name, resources: specs }, info);
    await run.resolve('provisioner.resolvePlan', { completed: { plan: resolved } as unknown as Json });
    return run;
  }

  async job(...jobs: readonly Job[]): Promise<void> {
    const { at, continueAsNewSuggested } = this;
    const activation = { at, replaying: false, continueAsNewSuggested, jobs };
    this.commands.push(...(await this.isolate.activate(activation)).commands);
  }

  /** Answers the latest call of this activity. */
  async resolve(type: string, result: ActivityResolution): Promise<void> {
    const call = this.commands.findLast(
      (each) => (each.do === 'activity' || each.do === 'local') && each.type === type,
    );
    if (call?.do !== 'activity' && call?.do !== 'local') throw new Error(`${type} was not called`);
    await this.job({ what: 'resolved', seq: call.seq, local: call.do === 'local', result });
  }

  /** Answers the latest call of this activity id: a type may be called for several connections. */
  async answer(id: string, result: ActivityResolution): Promise<void> {
    const call = this.of('activity').findLast((each) => each.id === id);
    if (!call) throw new Error(`${id} was not called`);
    await this.job({ what: 'resolved', seq: call.seq, local: false, result });
  }

  async created(key: string, more: object = {}): Promise<void> {
    const result = { outputs: { id: `id-${key}` }, adopted: false, resent: false, ...more };
    await this.resolve(`k.${key}.create`, { completed: result as unknown as Json });
  }

  async fails(activity: string, type: string, details: object, message = 'the cloud says "no".'): Promise<void> {
    const failed = { is: 'application', type, message, nonRetryable: true, details: [details as Json] } as const;
    await this.resolve(activity, { failed });
  }

  async deleted(key: string): Promise<void> {
    await this.resolve(`k.${key}.delete`, { completed: { deleted: 1 } });
  }

  /** An operator sends a move. What the run answers at once: the refusal's words, what it returned, or nothing yet. */
  async move(name: string, request: object, id = `u${this.of('update').length}`): Promise<string | undefined> {
    const before = this.commands.length;
    await this.job({ what: 'update', id, name, args: [request as Json] });
    return this.answerTo(id, before);
  }

  /** The end of a move so far. */
  answerTo(id: string, from = 0): string | undefined {
    const end = this.commands.slice(from).findLast((each) => each.do === 'update' && each.id === id);
    if (end?.do !== 'update' || end.is === 'accepted') return undefined;
    return end.is === 'rejected' ? end.failure.message : String(end.result);
  }

  /** Lets its latest timer ring. */
  async ring(): Promise<number> {
    const timer = this.of('timer').at(-1);
    if (!timer) throw new Error('it waits for no timer');
    this.at += timer.ms;
    await this.job({ what: 'timer', seq: timer.seq });
    return timer.ms;
  }

  of<Name extends Command['do']>(name: Name): Do<Name>[] {
    return this.commands.filter((each): each is Do<Name> => each.do === name);
  }

  async ledger(): Promise<Ledger> {
    return (await this.isolate.query('ledger')) as unknown as Ledger;
  }

  async query(name: string): Promise<Json> {
    return this.isolate.query(name);
  }

  async report(): Promise<SweepReport> {
    return (await this.isolate.query('report')) as unknown as SweepReport;
  }

  /** What the Temporal UI shows above the history. */
  async page(): Promise<string> {
    const metadata = (await this.isolate.query('__temporal_workflow_metadata')) as { readonly currentDetails?: string };
    return metadata.currentDetails ?? '';
  }
}
