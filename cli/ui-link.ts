/** Where this workflow is in the Temporal UI, if that is known: told by TEMPORAL_UI_URL, or a dev server that answers. */

/** The dev server puts its UI this far above its own port (`temporal server start-dev --help`, ui-port). */
const DEV_UI_OFFSET = 1000;

/** Loopback answers at once or not at all. */
const PROBE_MS = 300;

export interface UiQuestion {
  readonly address: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

export async function uiLink(question: UiQuestion): Promise<string | undefined> {
  const base = process.env.TEMPORAL_UI_URL ?? (await devServerUi(question.address));
  return base === undefined ? undefined : workflowUrl(base, question);
}

export function workflowUrl(base: string, { namespace, workflowId, runId }: Omit<UiQuestion, 'address'>): string {
  const [ns, workflow, run] = [namespace, workflowId, runId].map(encodeURIComponent);
  return `${base.replace(/\/$/, '')}/namespaces/${ns}/workflows/${workflow}/${run}`;
}

async function devServerUi(address: string): Promise<string | undefined> {
  const match = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/.exec(address);
  if (!match) return undefined;
  const base = `http://${match[1]}:${Number(match[2]) + DEV_UI_OFFSET}`;
  try {
    const answer = await fetch(`${base}/api/v1/settings`, { signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok ? base : undefined;
  } catch {
    return undefined;
  }
}
