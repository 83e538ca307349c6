/** Operators' moves as a run's events tell them: who said what, and what came of it. */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { Move } from '../../contract/ledger.js';
import { MOVES, type MoveRequest } from '../../contract/moves.js';
import { decodeMessage, decodePayloads } from './payloads.js';

type Event = temporal.api.history.v1.IHistoryEvent;

export class MovesInHistory {
  readonly moves: Move[] = [];
  private readonly requests = new Map<string, { readonly at: number; readonly request: MoveRequest }>();

  constructor(
    private readonly client: Client,
    before: readonly Move[] = [],
  ) {
    this.moves.push(...before);
  }

  /** Takes one event; answers the move that was carried out with it. */
  async take(event: Event): Promise<{ readonly move: Move; readonly request: MoveRequest } | undefined> {
    await this.accept(event);
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    const sent = this.requests.get(String(completed?.acceptedEventId));
    if (!completed || !sent) return undefined;
    const { at, request } = sent;
    const move = this.moves[at] as Move;
    const failure = completed.outcome?.failure;
    this.moves[at] = failure
      ? { ...move, result: 'failed', error: await decodeMessage(this.client, failure) }
      : { ...move, result: 'done' };
    return failure ? undefined : { move, request };
  }

  private async accept(event: Event): Promise<void> {
    const { eventId } = event;
    const { input } = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ?? {};
    const move = MOVES.find((name) => name === input?.name);
    if (!move) return;
    const [request] = (await decodePayloads(this.client, input?.args?.payloads)) as [MoveRequest];
    this.requests.set(String(eventId), { at: this.moves.length, request });
    const { step, by, why, id } = request;
    const at = timeOf(event);
    this.moves.push({ move, by, why, at, ...(step !== undefined && { step }), ...(id !== undefined && { id }) });
  }
}

/** ISO 8601, as a ledger has times. */
export function timeOf({ eventTime }: Event): string {
  return new Date(Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1_000_000).toISOString();
}
