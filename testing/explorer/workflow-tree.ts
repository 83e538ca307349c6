/**
 * A workflow's code as a function from its history to its commands, remembered as a tree. Where a history branches, a
 * fresh isolate replays what came before, as a restarted worker would: with equal commands, or it is an error.
 */
import type { Ledger } from '../../contract/ledger.js';
import { QUERY } from '../../contract/names.js';
import type { Isolate, Isolates } from './sdk-isolate.js';
import { recordedCommands, recordedJobs } from './updates.js';
import type { Activation, Command, Completion, RunInfo } from './workflow-protocol.js';

class Nondeterminism extends Error {}

export interface TreeNode {
  /** Names the history up to here. */
  readonly id: number;
  readonly run: RunInfo;
  readonly parent: TreeNode | undefined;
  readonly activation: Activation | undefined;
  readonly commands: readonly Command[];
  readonly flags: readonly number[];
  /** As the query answers it after this activation. */
  readonly ledger: Ledger | undefined;
  readonly children: Map<string, TreeNode>;
}

export class WorkflowTree {
  private readonly roots = new Map<string, TreeNode>();
  private warm: { readonly node: TreeNode; readonly isolate: Isolate } | undefined;
  private readonly ended = new Set<TreeNode>();
  nodes = 0;
  activations = 0;

  /** @param restarts `everywhere`: each activation runs in an isolate that was restarted right before it. */
  constructor(
    private readonly isolates: Isolates,
    private readonly restarts: 'everywhere' | 'at-branches',
  ) {}

  root(run: RunInfo): TreeNode {
    const key = JSON.stringify(run);
    const known = this.roots.get(key);
    if (known) return known;
    const root = this.node(run, { commands: [], flags: [] });
    this.roots.set(key, root);
    return root;
  }

  async extend(parent: TreeNode, activation: Activation): Promise<TreeNode> {
    const key = JSON.stringify(activation);
    const known = parent.children.get(key);
    if (known) return known;
    const isolate = await this.isolateAt(parent);
    try {
      const completion = await this.activate(isolate, activation);
      const ledger = (await isolate.query(QUERY.ledger)) as Ledger | null;
      const child = this.node(parent.run, { parent, activation, ledger: ledger ?? undefined, ...completion });
      parent.children.set(key, child);
      this.warm = { node: child, isolate };
      return child;
    } catch (error) {
      await isolate.dispose();
      throw error;
    }
  }

  /** Replays the history that ends at `node`, as a restarted worker would, and compares every command. Once is enough. */
  async replay(node: TreeNode): Promise<void> {
    if (this.ended.has(node)) return;
    this.ended.add(node);
    const isolate = await this.replayed(node);
    await isolate.dispose();
  }

  async close(): Promise<void> {
    await this.warm?.isolate.dispose();
    this.warm = undefined;
  }

  private node(
    run: RunInfo,
    known: Completion & Partial<Pick<TreeNode, 'parent' | 'activation' | 'ledger'>>,
  ): TreeNode {
    this.nodes += 1;
    const { parent, activation, ledger, commands, flags } = known;
    return { id: this.nodes, run, parent, activation, ledger, commands, flags, children: new Map() };
  }

  private async isolateAt(node: TreeNode): Promise<Isolate> {
    const { warm } = this;
    this.warm = undefined;
    if (warm?.node === node && this.restarts === 'at-branches') return warm.isolate;
    await warm?.isolate.dispose();
    return await this.replayed(node);
  }

  private async replayed(node: TreeNode): Promise<Isolate> {
    const isolate = await this.isolates.open(node.run);
    for (const done of pathTo(node)) {
      const again = await this.activate(isolate, asReplay(done));
      const [was, is] = [JSON.stringify(recorded(done)), JSON.stringify(again.commands)];
      if (was === is) continue;
      await isolate.dispose();
      throw new Nondeterminism(`a replay gives other commands: ${is} in place of ${was}`);
    }
    return isolate;
  }

  private activate(isolate: Isolate, activation: Activation): Promise<Completion> {
    this.activations += 1;
    return isolate.activate(activation);
  }
}

/** The activations of a history, the first one first. */
export function pathTo(node: TreeNode): readonly TreeNode[] {
  const path: TreeNode[] = [];
  for (let at: TreeNode | undefined = node; at?.activation; at = at.parent) path.unshift(at);
  return path;
}

function recorded({ activation, commands }: TreeNode): readonly Command[] {
  return recordedCommands({ jobs: activation?.jobs ?? [], commands });
}

/** Whether a history shows nothing of it. */
export function leavesNothing(node: TreeNode): boolean {
  const { activation, commands } = node;
  return recorded(node).length === 0 && recordedJobs({ jobs: activation?.jobs ?? [], commands }).length === 0;
}

/** An activation as it comes again in a replay: with the markers, updates and flags that its history holds. */
export function asReplay({ activation, commands, flags }: TreeNode): Activation {
  if (!activation) throw new Error('nothing to replay');
  const patches = commands.flatMap((command) => (command.do === 'patch' ? [command.id] : []));
  const jobs = recordedJobs({ jobs: activation.jobs, commands });
  return {
    ...activation,
    replaying: true,
    jobs: [...patches.map((id) => ({ what: 'patch', id }) as const), ...jobs],
    flags,
  };
}
