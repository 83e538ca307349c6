/**
 * Connections of their own for runs that go side by side. Runs of one connection share look-ups, so a fault that is meant
 * for one run's list call could meet nobody, or its neighbour: in a lane of its own a run shares with nobody.
 */
import type { ConnectionConfigs } from '../../worker/config/connections.js';

/** What a lane leads to: a cloud, Huawei's with a user's password in place of a key. */
export const LINES = ['huawei', 'huawei-iam', 'naver', 'alibaba'] as const;
export type Line = (typeof LINES)[number];

/** So many connections `<line>-1`, `<line>-2`, … beside the described ones. */
export function laneConnections(
  described: ConnectionConfigs,
  counts: Readonly<Partial<Record<Line, number>>>,
  iamUser: Readonly<Record<'userName' | 'password' | 'domainName', string>>,
): ConnectionConfigs {
  const { huawei } = described;
  if (!huawei) throw new Error('lanes: the rig has a connection huawei');
  const { userName, password, domainName } = iamUser;
  const credentials = { userName: () => userName, password: () => password, domainName: () => domainName };
  const lines: ConnectionConfigs = { ...described, 'huawei-iam': { ...huawei, credentials } };
  const lanes = LINES.flatMap((line) => laneNames(line, counts[line] ?? 0).map((name) => [name, lines[line]]));
  return { ...described, ...Object.fromEntries(lanes) };
}

export function laneNames(line: Line, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${line}-${i + 1}`);
}

/** Things of which each serves one user at a time; who finds none free waits in line. */
export class Pool<T> {
  private readonly free: T[];
  private readonly waiting: ((item: T) => void)[] = [];

  constructor(items: readonly T[]) {
    this.free = [...items];
  }

  async use<R>(work: (item: T) => Promise<R>): Promise<R> {
    const item = this.free.shift() ?? (await new Promise<T>((resolve) => this.waiting.push(resolve)));
    try {
      return await work(item);
    } finally {
      const next = this.waiting.shift();
      if (next) next(item);
      else this.free.push(item);
    }
  }
}
