/** W3C Trace Context as far as a workflow needs it, with ids that are a function of the run. No imports: it enters a bundle. */

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly sampled: boolean;
}

/** All that is taken over from a caller and passed on. */
export const TRACE_FIELDS = ['traceparent', 'tracestate'] as const;

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** `version-traceid-parentid-flags`; bit 0 of the flags says that the trace is recorded. */
export function parseTraceparent(text: string | undefined): SpanIds | undefined {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(text ?? '') ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: Number.parseInt(flags, 16) % 2 === 1 };
}

export function traceparentOf({ traceId, spanId, sampled }: SpanIds): string {
  return `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
}

export function childOf({ traceId, spanId, sampled }: SpanIds, seed: string): SpanIds {
  return { traceId, spanId: hexOf(`${traceId} ${seed}`, 2), parentSpanId: spanId, sampled };
}

/** Of a run that was started without a trace. */
export function rootOf(seed: string): SpanIds {
  return { traceId: hexOf(`trace ${seed}`, 4), spanId: hexOf(`span ${seed}`, 2), sampled: true };
}

/** So many words of 32 bits. Ids have to differ, not to be secret. */
function hexOf(seed: string, words: number): string {
  return Array.from({ length: words }, (_, word) => mix(`${word} ${seed}`).toString(16).padStart(8, '0')).join('');
}

/** FNV-1a with the finaliser of MurmurHash3, which spreads what differs in the last characters only. Never zero. */
function mix(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
