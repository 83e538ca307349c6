/**
 * Where a connection may send signed requests: https hosts, or this machine. Only the worker's configuration names
 * endpoints, never a plan: that is the guard against server-side request forgery.
 */

import type { Provider } from '../../activities/cloud.js';
import { addressIn, isWithin, outOfReach } from '../../activities/http/reach.js';
import { pathText } from '../../contract/check-shape.js';
import type { Problem } from '../../contract/failures.js';
import type { ConnectionParts } from './schema.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopback(text: string): boolean {
  const url = parse(text);
  return url !== undefined && LOOPBACK.test(url.hostname);
}

function urlProblem(text: string): string | undefined {
  const url = parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'must be an https URL';
  if (url.protocol === 'http:' && !isLoopback(text)) return 'must be https; plain http is only for this machine';
  if (url.username || url.password) return 'must not hold a user name or a password';
  return url.search || url.hash ? 'must not have a query or a fragment' : undefined;
}

/** Of an address; where a name leads to is looked at when it is connected to. */
function reachProblem(text: string, { simulator, allowPrivateNetwork }: ConnectionParts): string | undefined {
  const url = parse(text);
  if (!url || simulator) return undefined;
  const reach = allowPrivateNetwork ? 'private' : 'public';
  const address = addressIn(url.hostname) ?? (url.hostname === 'localhost' ? '127.0.0.1' : undefined);
  return address === undefined || isWithin(reach, address) ? undefined : outOfReach(reach).message;
}

function regionProblem(
  provider: Provider,
  region: string | undefined,
  services: readonly string[],
): string | undefined {
  // A service whose function takes no region has one host for all of them (NAVER has only Korea).
  const regional = services.filter((service) => (provider.services[service]?.length ?? 0) > 0);
  if (region === undefined) {
    return regional.length > 0 ? `is needed where no endpoint is given (for ${regional.join(', ')})` : undefined;
  }
  const offered = services.every((service) => {
    try {
      return urlProblem(provider.services[service]?.(region) ?? '') === undefined;
    } catch {
      return false;
    }
  });
  return offered ? undefined : `is not a region that provider ${provider.name} offers`;
}

/** Every problem of a connection's endpoint and region. */
export function endpointProblems(connection: ConnectionParts, provider: Provider, base: readonly string[]): Problem[] {
  const { endpoint, region } = connection;
  const at = (path: readonly string[], message: string | undefined): Problem[] =>
    message === undefined ? [] : [{ path: pathText(...base, ...path), message }];
  const services = Object.keys(provider.services);
  if (typeof endpoint === 'string') {
    const problem = urlProblem(endpoint) ?? simulatorProblem(connection) ?? reachProblem(endpoint, connection);
    return at(['endpoint'], problem);
  }

  const given = Object.entries(endpoint ?? {});
  const missing = services.filter((service) => endpoint?.[service] === undefined);
  return [
    ...given.flatMap(([service, url]) => {
      const unknown = services.includes(service) ? undefined : `unknown service; known here: ${services.join(', ')}`;
      return at(['endpoint', service], unknown ?? urlProblem(url) ?? reachProblem(url, connection));
    }),
    ...at(['region'], regionProblem(provider, region, missing)),
    ...at(['endpoint'], simulatorProblem(connection)),
  ];
}

/** A connection that says simulator must not be able to reach a real cloud, or its screens would lie. */
function simulatorProblem({ simulator, endpoint }: ConnectionParts): string | undefined {
  if (!simulator) return undefined;
  const urls = typeof endpoint === 'string' ? [endpoint] : Object.values(endpoint ?? {});
  return urls.length > 0 && urls.every(isLoopback) ? undefined : 'must be on this machine, since simulator is true';
}
