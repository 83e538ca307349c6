/** Stands before the simulator and keeps what went over the wire: the only place where secrets and signatures may be seen. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
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

/** Asked for each request and then for its answer: when it resolves, that goes on or its line is cut. */
export type Hold = (held: {
  readonly recorded: Recorded;
  readonly what: 'request' | 'answer';
  /** Whether somebody still waits for the answer. */
  awaited(): boolean;
}) => Promise<'pass' | 'cut'>;

/** Passes everything on to `target()` as it came, `Host` included, since that is signed. */
export async function startRecordingProxy(
  target: () => string,
  hold: Hold = async () => 'pass',
): Promise<RecordingProxy> {
  const recorded: Recorded[] = [];
  const pass = async (incoming: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const { url = '', method = '', headers, rawHeaders } = incoming;
    const one = { path: url, headers, body: body.toString() };
    recorded.push(one);
    const held = { recorded: one, awaited: () => !response.closed };
    if ((await hold({ ...held, what: 'request' })) === 'cut') {
      response.destroy();
      return;
    }
    const { hostname, port } = new URL(target());
    const passed = forward({ hostname, port, method, path: url, headers: rawHeaders as never }, (answer) => {
      void hold({ ...held, what: 'answer' }).then((how) => {
        if (how === 'pass') answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.rawHeaders));
        else response.destroy();
      });
    });
    // Where the simulator cuts a socket, so does the proxy.
    passed.on('error', () => response.destroy());
    passed.end(body);
  };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => void pass(incoming, response, Buffer.concat(chunks)));
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
