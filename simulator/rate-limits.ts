/** The clouds' documented request rates as fixed windows; which of them count is a setting. */
import type { Operation, Service } from './operation.js';
import type { RateLimit, RateLimits } from './settings.js';

interface DocumentedLimit extends RateLimit {
  /** DataArts Studio counts each API of a user apart, DataWorks all APIs of an account together. */
  readonly per: 'operation' | 'service';
}

/**
 * Studio: "API overview", Management Center (3000 per API and 20 per user a minute). DataWorks: "Use DataWorks OpenAPI",
 * 5 QPS below the Enterprise edition. Fabric, IAM and Data Forest publish no number.
 */
const DOCUMENTED: { readonly [S in Service]?: DocumentedLimit } = {
  'dataarts-studio': { requests: 20, perMs: 60_000, per: 'operation' },
  dataworks: { requests: 5, perMs: 1000, per: 'service' },
};

interface Window {
  startedAt: number;
  requests: number;
}

export class RateLimiter {
  private readonly windows = new Map<string, Window>();

  /** Counts the request; the limit that it breaks, and how long until the window ends. */
  exceeded(
    operation: Operation,
    limits: RateLimits,
    now: number,
  ): (RateLimit & { readonly waitMs: number }) | undefined {
    const limit = limitOf(operation.service, limits);
    if (!limit) return undefined;
    const key = limit.per === 'operation' ? operation.name : operation.service;
    const current = this.windows.get(key);
    const window = current && now - current.startedAt < limit.perMs ? current : { startedAt: now, requests: 0 };
    this.windows.set(key, window);
    window.requests += 1;
    if (window.requests <= limit.requests) return undefined;
    return { ...limit, waitMs: window.startedAt + limit.perMs - now };
  }
}

function limitOf(service: Service, limits: RateLimits): DocumentedLimit | undefined {
  if (limits === 'off') return undefined;
  if (limits === 'documented') return DOCUMENTED[service];
  const limit = limits[service];
  return limit && { ...limit, per: 'service' };
}
