/** A request as it goes over the wire, before it is signed; and what of its signature must never be told. */
import type { CloudRequest, WireRequest } from '../cloud.js';
import type { Caller } from '../connection.js';
import { encodeForm } from './endpoint.js';

export function plainRequest(request: CloudRequest, url: URL, caller: Caller): WireRequest {
  const headers: Record<string, string> = {
    host: url.host,
    'user-agent': caller.userAgent,
    accept: 'application/json',
  };
  let body = '';
  if (request.json !== undefined) {
    body = JSON.stringify(request.json);
    headers['content-type'] = 'application/json';
  } else if (request.form) {
    body = encodeForm(request.form);
    headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return { method: request.method, url, headers, body };
}

/** Values of authentication headers that must not come back in a message; dates and ids may. */
export function secretHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (/auth|token|sign|secret|key/i.test(name) ? [value] : []));
}
