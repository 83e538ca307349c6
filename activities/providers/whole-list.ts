/**
 * Whether pages that were read one after the other are the whole list. Rows move up when others go: what moved from a later
 * page to one that was read before is never seen, and would be taken for absent. So a list that changed is no answer.
 */
export class WholeList {
  private readonly ids = new Set<string>();
  private total: number | undefined;
  /** Rows so far. */
  received = 0;

  /** Takes in the next page. Answers whether it was the last, or what speaks against the list. */
  take(ids: readonly string[], total: number): { readonly last: boolean } | { readonly wrong: string } {
    if (this.total !== undefined && this.total !== total) return { wrong: 'the list changed while it was read' };
    this.total = total;
    this.received += ids.length;
    for (const id of ids) this.ids.add(id);
    const short = ids.length === 0 && this.received < total;
    if (short || this.ids.size < this.received) return { wrong: `the list shows ${this.ids.size} of ${total} entries` };
    return { last: this.received >= total };
  }
}
