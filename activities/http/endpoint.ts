/**
 * Where a request goes: the connection's endpoint or the provider's own for the region, and nowhere else. HTTPS, except
 * to this very machine. A path that a URL would rewrite (`..`) is refused: ids come from answers and plans.
 */
import type { CloudRequest, Provider } from '../cloud.js';
import type { Connection } from '../connection.js';
import { ProviderError } from '../provider-error.js';

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** RFC 3986: what `encodeURIComponent` leaves alone beyond the unreserved characters is encoded too. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `a=1&b=2`, encoded so that signer and server read the same pairs whatever they do with a plus sign. */
export function encodeForm(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${encodeRfc3986(key)}=${encodeRfc3986(value)}`)
    .join('&');
}

export function requestUrl(connection: Connection, provider: Provider, request: CloudRequest): URL {
  const misconfigured = (problem: string) =>
    new ProviderError(`Connection ${connection.name}: ${problem}`, {
      type: 'Misconfigured',
      retryable: false,
      sent: 'never',
      provider: provider.name,
      operation: request.operation,
    });
  const base = baseUrl(connection, provider, request.service);
  if (!base) throw misconfigured(`give it a region, or an endpoint for ${request.service}`);
  if (!URL.canParse(base)) throw misconfigured(`its endpoint for ${request.service} is not a URL such as https://host`);
  const { protocol, hostname, username, origin, pathname } = new URL(base);
  if (username) throw misconfigured('its endpoint must not hold a user name');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw misconfigured(`its endpoint for ${request.service} must begin with https://`);
  }
  const path = pathname.replace(/\/$/, '') + request.path;
  const url = new URL(origin + path);
  if (url.pathname !== path || url.host !== new URL(origin).host) {
    throw misconfigured(`the path of ${request.operation} is not one that can be sent as it is: check the ids in it`);
  }
  if (request.query) url.search = encodeForm(request.query);
  return url;
}

function baseUrl(connection: Connection, provider: Provider, service: string): string | undefined {
  const { endpoint, region } = connection;
  if (typeof endpoint === 'string') return endpoint;
  const own = endpoint?.[service];
  if (own) return own;
  return region ? provider.services[service]?.(region) : undefined;
}
