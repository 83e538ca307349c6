/** Stands before the simulator and keeps what went over the wire: the only place where secrets and signatures may be seen. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface RecordingProxy {
  readonly endpoint: string;
  readonly recorded: Recorded[];
  close(): Promise<void>;
}

/** Passes everything on to `target()` as it came, `Host` included, since that is signed. */
export async function startRecordingProxy(target: () => string): Promise<RecordingProxy> {
  const recorded: Recorded[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const { url = '', method = '', headers, rawHeaders } = incoming;
      recorded.push({ path: url, headers, body: body.toString() });
      const { hostname, port } = new URL(target());
      const passed = forward({ hostname, port, method, path: url, headers: rawHeaders as never }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      // Where the simulator cuts a socket, so does the proxy.
      passed.on('error', () => response.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
