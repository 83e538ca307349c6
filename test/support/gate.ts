/**
 * Stands before the simulator and stops each saga at a request of its own, so that one kill of a worker meets many sagas,
 * each at another point. Whose a request is, and so which of its saga's it is, says its User-Agent.
 */
import { type Recorded, startRecordingProxy } from './recording-proxy.js';

export interface Stop {
  /** From this request of the saga on everything is held, 1 is its first. */
  readonly at: number;
  /** Its requests, before they reach the cloud, or only their answers. */
  readonly holds: 'request' | 'answer';
}

export interface Gate {
  readonly endpoint: string;
  stop(workflowId: string, stop: Stop): void;
  /** When the saga made its requests, in terms of `performance.now()`. */
  asked(workflowId: string): readonly number[];
  /** Whether the saga stands at its stop now: the very request is held, and its sender waits for it. */
  holds(workflowId: string): boolean;
  /** Ends every stop: what is held goes on, or is cut. */
  open(how: 'pass' | 'cut'): void;
  close(): Promise<void>;
}

interface Held {
  readonly workflowId: string;
  readonly number: number;
  awaited(): boolean;
  release(how: 'pass' | 'cut'): void;
}

export async function startGate(target: () => string): Promise<Gate> {
  const asked = new Map<string, number[]>();
  const stops = new Map<string, Stop>();
  const held: Held[] = [];
  const numbers = new WeakMap<Recorded, number>();
  const proxy = await startRecordingProxy(target, async ({ recorded, what, awaited }) => {
    const workflowId = workflowOf(recorded);
    const times = asked.get(workflowId) ?? [];
    if (what === 'request') {
      asked.set(workflowId, times);
      numbers.set(recorded, times.push(performance.now()));
    }
    const number = numbers.get(recorded) ?? 0;
    const stop = stops.get(workflowId);
    if (stop?.holds !== what || number < stop.at) return 'pass';
    return await new Promise((release) => held.push({ workflowId, number, awaited, release }));
  });
  return {
    endpoint: proxy.endpoint,
    stop: (workflowId, stop) => stops.set(workflowId, stop),
    asked: (workflowId) => asked.get(workflowId) ?? [],
    holds(workflowId) {
      const at = stops.get(workflowId)?.at;
      return held.some((one) => one.workflowId === workflowId && one.number === at && one.awaited());
    },
    open(how) {
      stops.clear();
      for (const { release } of held.splice(0)) release(how);
    },
    close: () => proxy.close(),
  };
}

function workflowOf({ headers }: Recorded): string {
  const [, workflowId = ''] = / wf\/(\S+)/.exec(String(headers['user-agent'])) ?? [];
  return decodeURIComponent(workflowId);
}
