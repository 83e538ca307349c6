/**
 * By which names the board may be asked for. A page of somebody else can point a name of its own at this machine (DNS
 * rebinding), and then only the `Host` header tells it from ours.
 */
import { hostname, networkInterfaces } from 'node:os';

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** As it stands in an address: `[::1]`. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The names that lead to what is bound, in lower case.
 * @param more Other names by which browsers come, such as a proxy's.
 */
export function namesOf(host: string, more: readonly string[] = []): ReadonlySet<string> {
  const every = host === '0.0.0.0' || host === '::';
  const addresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  const loopback = isLoopback(host) || every ? ['localhost', '127.0.0.1', '::1'] : [];
  const bound = every ? [...addresses, hostname()] : [host];
  return new Set([...loopback, ...bound, ...more].map((name) => inUrl(name).toLowerCase()));
}

/** The name in a `Host` header, without its port: a tunnel may have changed that. Empty where there is none. */
export function nameIn(hostHeader: string | undefined): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(hostHeader ?? '') ?? [];
  return name.toLowerCase();
}
