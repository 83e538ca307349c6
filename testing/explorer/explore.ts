/**
 * Every schedule of a scenario within its bounds, depth first: a schedule runs to its end, and each choice in it is taken
 * up again with each other move. A state that was met before, with as much still allowed, is not gone through again.
 */
import { createHash } from 'node:crypto';
import { Choices, type Seed, toSeed } from './choices.js';
import { judgeEnd, judgeStep } from './judge.js';
import { type Allowance, type Move, movesOf, NOTHING_MORE } from './moves.js';
import type { Bounds, Scenario } from './scenario.js';
import type { Isolates } from './sdk-isolate.js';
import { WorkflowTree } from './workflow-tree.js';
import { Violation, World } from './world.js';

/** A promise that was broken, and how it came to that. */
export interface Finding {
  readonly scenario: string;
  readonly broken: string;
  /** What happened, in order, without what happens by itself. */
  readonly trace: readonly string[];
  /** Replays just this schedule. */
  readonly seed: string;
}

/** How much of a scenario was gone through, and what was found. */
export interface Exploration {
  readonly scenario: string;
  readonly bounds: Bounds;
  /** Ran to their end, each different. */
  readonly schedules: number;
  /** Ended where a state was met that had been gone through. */
  readonly merged: number;
  readonly states: number;
  /** Distinct histories of the workflow, each replayed. */
  readonly histories: number;
  readonly activations: number;
  readonly longest: number;
  readonly seconds: number;
  /** False where time ran out first. */
  readonly exhausted: boolean;
  readonly finding?: Finding;
}

/** Where the workflows run, and for how long. */
export interface ExploreOptions {
  readonly isolates: Isolates;
  /** `performance.now()` at which to stop. Default: never. */
  readonly deadline?: number;
  readonly onProgress?: (schedules: number, states: number) => void;
}

/** Where something breaks, the finding is one that needs as few things to go wrong as any. */
export async function explore(scenario: Scenario, options: ExploreOptions): Promise<Exploration> {
  const whole = await new Search(scenario, options).run();
  if (!whole.finding) return whole;
  for (let adversities = 0; adversities < scenario.bounds.adversities; adversities += 1) {
    const { finding } = await new Search(withBounds(scenario, { adversities }), options).run();
    if (finding) return { ...whole, finding };
  }
  return whole;
}

export function withBounds(scenario: Scenario, bounds: Partial<Bounds>): Scenario {
  return { ...scenario, bounds: { ...scenario.bounds, ...bounds } };
}

/** One schedule again. Undefined where it breaks nothing. */
export async function replay(scenario: Scenario, seed: Seed, isolates: Isolates): Promise<Finding | undefined> {
  const { preemptions: _given, ...bounds } = scenario.bounds;
  return await new Search({ ...scenario, bounds: { ...bounds, ...seed.bounds } }, { isolates }).replay(seed.script);
}

type End = 'ended' | 'merged' | Finding;

class Search {
  private readonly tree: WorkflowTree;
  private readonly seen = new Set<string>();
  private schedules = 0;
  private merged = 0;
  private longest = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly options: ExploreOptions,
  ) {
    this.tree = new WorkflowTree(options.isolates, scenario.restarts ?? 'at-branches');
  }

  async run(): Promise<Exploration> {
    const { deadline = Number.POSITIVE_INFINITY, onProgress } = this.options;
    const begun = performance.now();
    const open: number[][] = [[]];
    let finding: Finding | undefined;
    while (open.length > 0 && !finding && performance.now() < deadline) {
      const script = open.pop() as number[];
      const choices = new Choices(script);
      const end = await this.schedule(choices, this.seen);
      if (end === 'merged') this.merged += 1;
      else this.schedules += 1;
      if (typeof end === 'object') finding = end;
      for (let at = script.length; at < choices.widths.length; at += 1) {
        const width = choices.widths[at] ?? 0;
        for (let other = width - 1; other >= 1; other -= 1) open.push([...choices.taken.slice(0, at), other]);
      }
      if ((this.schedules + this.merged) % 500 === 0) onProgress?.(this.schedules, this.seen.size);
    }
    await this.tree.close();
    return {
      scenario: this.scenario.name,
      bounds: this.scenario.bounds,
      schedules: this.schedules,
      merged: this.merged,
      states: this.seen.size,
      histories: this.tree.nodes,
      activations: this.tree.activations,
      longest: this.longest,
      seconds: (performance.now() - begun) / 1000,
      exhausted: open.length === 0 && !finding,
      ...(finding && { finding }),
    };
  }

  async replay(script: readonly number[]): Promise<Finding | undefined> {
    const end = await this.schedule(new Choices(script), undefined);
    await this.tree.close();
    return typeof end === 'object' ? end : undefined;
  }

  private async schedule(choices: Choices, seen: Set<string> | undefined): Promise<End> {
    const world = new World(this.scenario, this.tree);
    const { adversities, preemptions, decisions = 0 } = this.scenario.bounds;
    const left: Allowance = { adversities, preemptions, decisions };
    const trace: string[] = [];
    try {
      for (let depth = 0; ; depth += 1) {
        await world.settle();
        judgeStep(world);
        const moves = within(movesOf(world, left), left.preemptions);
        const [natural] = moves;
        if (!natural) break;
        if (depth >= this.scenario.bounds.depth) world.broken(`stuck: not over after ${depth} steps`);
        if (moves.length > 1 && !choices.scripted && seen && this.met(world, left, seen)) return 'merged';
        const move = moves.length > 1 ? (moves[choices.pick(moves.length)] as Move) : natural;
        if (move === NOTHING_MORE) break;
        left.adversities -= move.cost;
        if (move.decides) left.decisions -= 1;
        if (left.preemptions !== undefined && preempts(move, natural)) left.preemptions -= 1;
        if (move.text) trace.push(`${move.text} (at ${((world.now - 1_000_000) / 1000).toFixed(1)} s)`);
        world.lastActor = move.actor;
        await move.go();
        this.longest = Math.max(this.longest, depth);
      }
      judgeEnd(world);
      return 'ended';
    } catch (error) {
      if (error instanceof Error && !(error instanceof Violation) && /seed asks/.test(error.message)) throw error;
      const broken = error instanceof Error ? error.message : String(error);
      const { close } = world.server.current;
      trace.push(`then: ${broken}${close ? ` (closed as ${close.as})` : ''}`);
      return { scenario: this.scenario.name, broken, trace, seed: toSeed(this.scenario.bounds, choices.taken) };
    }
  }

  private met(world: World, left: object, seen: Set<string>): boolean {
    // Who moved last matters only where the order is bounded.
    const last = this.scenario.bounds.preemptions === undefined ? '' : world.lastActor;
    const key = createHash('sha1')
      .update(JSON.stringify(left) + last + world.state())
      .digest('base64');
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  }
}

/** Others than who would go on by himself; what clouds and heartbeats do in their own time is no preemption. */
function preempts(move: Move, natural: Move): boolean {
  return move.actor !== natural.actor && move.actor !== 'cloud' && move.actor !== 'somebody' && !move.text;
}

function within(moves: readonly Move[], preemptions: number | undefined): readonly Move[] {
  const [natural] = moves;
  if (preemptions === undefined || preemptions > 0 || !natural) return moves;
  return moves.filter((move) => !preempts(move, natural));
}
