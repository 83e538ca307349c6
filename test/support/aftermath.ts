/**
 * Many runs in one simulator: what a judged run leaves is cleared away, so that lists stay short, and whatever of it is
 * alive later came from a request that took effect after its run had said how it ended.
 */
import { parseMarker } from '../../contract/marker.js';
import type { ResourceView } from '../../simulator/resources.js';
import type { Simulator } from '../../simulator/start.js';
import { type Closed, ownedBy } from './judge.js';

export class Aftermath {
  private readonly titles = new Map<string, string>();

  constructor(private readonly simulator: Simulator) {}

  /** Called once the run was judged. */
  clear(title: string, closed: Closed, bystanders: readonly ResourceView[]): void {
    const { resources } = this.simulator;
    this.titles.set(closed.workflowId, title);
    const alive = resources.list();
    const ours = ownedBy(closed, alive).map(({ resource }) => resource);
    const gone = new Set([...ours, ...bystanders].map(({ id }) => id));
    for (const { id } of alive) if (gone.has(id)) resources.remove(id);
  }

  /** Ask once every late effect has landed and every run was judged. */
  arrivals(): string[] {
    return this.simulator.state().resources.map(({ kind, name, description }) => {
      const title = this.titles.get(parseMarker(description)?.workflowId ?? '') ?? 'a run that was not judged';
      return `${title}: ${kind} ${name} came alive after the run had closed`;
    });
  }
}
