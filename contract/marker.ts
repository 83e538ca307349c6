/**
 * The marker: text in a created resource's description that proves whose it is, to a retry, to the undo and to the
 * sweep. `[temporal-provisioner ns=… wf=… step=… run=…]`, with ` keep` before the bracket for retained resources.
 */
import type { Owner } from './steps.js';

/** Whose a resource is. `keep`: its plan retains it, so no sweep takes it for an orphan. */
export interface Marker extends Owner {
  readonly keep: boolean;
}

const MARKER = /\[temporal-provisioner ns=(\S+) wf=(\S+) step=(\S+) run=([^\s\]]+)( keep)?\]/;

/** Percent-encodes just what would break the format: spaces, brackets and the percent sign itself. */
function encode(value: string): string {
  return value.replace(/[\s[\]%]/gu, (char) => encodeURIComponent(char));
}

/** The marker as text, without the user's own description. */
export function formatMarker(marker: Marker): string {
  const { namespace, workflowId, step, runId, keep } = marker;
  const words = `ns=${encode(namespace)} wf=${encode(workflowId)} step=${encode(step)} run=${encode(runId)}`;
  return `[temporal-provisioner ${words}${keep ? ' keep' : ''}]`;
}

/** The user's own description, then the marker. */
export function describeWithMarker(description: string | undefined, marker: Marker): string {
  const text = formatMarker(marker);
  return description ? `${description} ${text}` : text;
}

/** The marker in a description, or undefined where there is none that can be parsed. The last one wins: ours is appended. */
export function parseMarker(description: string | null | undefined): Marker | undefined {
  const start = description?.lastIndexOf('[temporal-provisioner ') ?? -1;
  if (!description || start < 0) return undefined;
  const match = MARKER.exec(description.slice(start));
  if (!match || match.index !== 0) return undefined;
  const [, namespace, workflowId, step, runId, keep] = match;
  try {
    return {
      namespace: decodeURIComponent(namespace ?? ''),
      workflowId: decodeURIComponent(workflowId ?? ''),
      step: decodeURIComponent(step ?? ''),
      runId: decodeURIComponent(runId ?? ''),
      keep: keep !== undefined,
    };
  } catch {
    return undefined;
  }
}

/** Ours means all four words: a workflow id alone is used again by the next run of the same plan. */
export function sameOwner(a: Owner, b: Owner): boolean {
  return a.namespace === b.namespace && a.workflowId === b.workflowId && a.step === b.step && a.runId === b.runId;
}
