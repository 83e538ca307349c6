/**
 * A Temporal server that lets its users do less, as Temporal Cloud or a server with an authoriser does: methods whose path
 * contains one of the words are refused, all others reach the real server.
 */
import { type ClientHttp2Stream, connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** gRPC. */
const UNIMPLEMENTED = '12';

export interface DenyingProxy {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/** gRPC tells the outcome in trailers, so both sides' trailers have to pass. */
function pass(from: ClientHttp2Stream, to: ServerHttp2Stream): void {
  let trailers: Record<string, unknown> = {};
  from.on('response', ({ ':status': status, ...headers }) => {
    // An answer without a body has them among its headers, and ends there.
    if ('grpc-status' in headers) to.respond({ ':status': status, ...headers }, { endStream: true });
    else to.respond({ ':status': status, ...headers }, { waitForTrailers: true });
    to.on('wantTrailers', () => to.sendTrailers(trailers as never));
    from.pipe(to);
  });
  from.on('trailers', (found) => {
    trailers = found;
  });
  for (const stream of [from, to]) stream.on('error', () => undefined);
  to.on('close', () => from.close());
}

export async function startDenyingProxy(target: string, denied: readonly string[]): Promise<DenyingProxy> {
  const upstream = connect(`http://${target}`).on('error', () => undefined);
  const server = createServer();
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('stream', (stream, headers) => {
    const path = headers[':path'] ?? '';
    if (denied.some((word) => path.includes(word))) {
      const refusal = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED };
      stream.respond(refusal, { endStream: true });
      return;
    }
    const request = upstream.request({ ':path': path, ':method': 'POST', ...plain(headers) });
    stream.pipe(request);
    pass(request, stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      upstream.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function plain(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':'))) as never;
}
