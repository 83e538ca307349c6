/**
 * Whether pages that were read one after the other are the whole list. Rows move up when others go: what moved from a later
 * page to one that was read before is never seen, and would be taken for absent. So a list that changed is no answer.
 */
import { ProviderError } from '../provider-error.js';

/** What was read, or what speaks against it and the error that says so. */
export type Read<Rows> = { readonly rows: Rows } | { readonly wrong: Error };

/** In a busy account a reading often meets a change; an attempt that fails for it waits a second or more before the next. */
const MAX_READINGS = 4;

/** Reads a list until a reading is whole, at once and a few times. Throws what spoke against the last one. */
export async function readWhole<Rows>(read: () => Promise<Read<Rows>>): Promise<Rows> {
  for (let readings = 1; ; readings += 1) {
    const result = await read();
    if ('rows' in result) return result.rows;
    if (readings === MAX_READINGS) throw result.wrong;
  }
}

/** A list that is not read to its end is no answer: what stands further behind would be taken for absent. `read`: entries so far. */
export function tooLong(of: { readonly provider: string; readonly operation: string }, read: number): ProviderError {
  const message = `${of.operation}: more than ${read} entries are too many to look through: delete some`;
  return new ProviderError(message, { ...of, type: 'ServiceLimitExceeded', retryable: false, sent: 'never' });
}

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
