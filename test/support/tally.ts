/** What sagas left in the clouds, counted against what they said of themselves. */
import { parseMarker } from '../../contract/marker.js';
import { workflowIdOf } from '../../contract/names.js';
import type { Plan } from '../../contract/plan.js';
import type { LoggedRequest } from '../../simulator/request-log.js';
import type { Simulator } from '../../simulator/start.js';

export interface EndedSaga {
  readonly plan: Plan;
  readonly outcome: string;
}

export interface Tally {
  /** Alive, though its saga says otherwise or is none of those given. */
  readonly orphans: readonly string[];
  /** A second one of a step. */
  readonly duplicates: readonly string[];
  /** Said to be provisioned, and not there. */
  readonly missing: readonly string[];
}

/** For plans without adopted or retained resources. Names are as told by the markers: `workflow id/step`. */
export function tally(
  { resources }: { readonly resources: Pick<Simulator['resources'], 'list'> },
  sagas: readonly EndedSaga[],
): Tally {
  const provisioned = sagas.filter(({ outcome }) => outcome === 'Provisioned');
  const wanted = provisioned.flatMap(({ plan }) =>
    Object.keys(plan.resources).map((step) => `${workflowIdOf(plan.name)}/${step}`),
  );
  const alive = resources.list().map(({ description, kind, name }) => {
    const marker = parseMarker(description);
    return marker ? `${marker.workflowId}/${marker.step}` : `${kind} ${name}`;
  });
  return {
    orphans: alive.filter((one) => !wanted.includes(one)),
    duplicates: alive.filter((one, index) => wanted.includes(one) && alive.indexOf(one) !== index),
    missing: wanted.filter((one) => !alive.includes(one)),
  };
}

export interface CreateLog {
  /** Creates that the cloud was asked for, oldest first. */
  creates(): readonly LoggedRequest[];
  /** `workflow id/step` of creates that took effect more than once, with how often. */
  madeAgain(): Readonly<Record<string, number>>;
  close(): void;
}

const CREATES = [
  'CreateManagerWorkSpace',
  'CreateWorkspace',
  'aiworkspaces/create',
  'CreateWorkflowDefinition',
  'CreateProject',
];

/** The simulator keeps its latest requests only: this keeps every create. */
export function logCreates(simulator: Simulator): CreateLog {
  const kept = new Map<string, LoggedRequest>();
  const read = () => {
    for (const entry of simulator.requests()) if (CREATES.includes(entry.operation)) kept.set(entry.requestId, entry);
    return [...kept.values()];
  };
  const timer = setInterval(read, 100);
  const madeAgain = () => {
    const counts = new Map<string, number>();
    for (const { status, userAgent } of read()) {
      const { workflowId, step } = callerOf(userAgent);
      const key = `${workflowId}/${step}`;
      if (Number(status) < 300) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return Object.fromEntries([...counts].filter(([, count]) => count > 1));
  };
  return { creates: read, madeAgain, close: () => clearInterval(timer) };
}

/** Who made a request, as our User-Agent tells it. */
export function callerOf(userAgent = ''): { workflowId: string; step: string; attempt: number } {
  const [, workflowId = '', step = '', attempt = ''] = / wf\/(\S+) step\/(\S+) attempt\/(\d+)$/.exec(userAgent) ?? [];
  return { workflowId: decodeURIComponent(workflowId), step: decodeURIComponent(step), attempt: Number(attempt) };
}
