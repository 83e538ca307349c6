/** One at a time for each step: an operator's move and an attempt to undo must not decide over the same resource at once. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `work` when everything that took a turn of this step before is over. */
  take<T>(step: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(step);
    const mine = before === undefined ? work() : before.then(work, work);
    this.last.set(step, mine);
    // Whoever waits for the turn handles its failure; the next one only waits for its end.
    mine.catch(() => undefined);
    return mine;
  }
}
