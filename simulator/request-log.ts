/** What was asked of the simulator: counts by operation for ever, and the latest requests without bodies or credentials. */

export interface LoggedRequest {
  readonly time: string;
  readonly operation: string;
  /** The HTTP status, or what happened in its place. */
  readonly status: number | 'cut' | 'hung';
  readonly userAgent: string | undefined;
  readonly requestId: string;
  /** The fault that decided, if one did. */
  readonly fault?: string;
}

const MOST_ENTRIES = 2000;

export class RequestLog {
  private readonly counts = new Map<string, number>();
  private entries: LoggedRequest[] = [];

  arrived(operation: string): void {
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
  }

  ended(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > MOST_ENTRIES) this.entries = this.entries.slice(-MOST_ENTRIES / 2);
  }

  byOperation(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  latest(): readonly LoggedRequest[] {
    return this.entries;
  }
}
