/** Stands before a server and can cut it off, as a network does: silently, or with every connection refused. */
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** `silent`: bytes go nowhere and nobody is told. `refused`: connections end, and new ones do at once. */
export type Cut = 'silent' | 'refused';

export interface TcpProxy {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  cut(how: Cut): void;
  /** New connections pass again; those that were open when it was cut are gone. */
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const open = new Set<Socket>();
  let state: Cut | 'open' = 'open';
  const keep = (socket: Socket) => {
    open.add(socket);
    // Ends of connections are this proxy's subject; the two sides find out for themselves.
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (state === 'refused') incoming.destroy();
    // Accepted, as by a router that swallows what follows.
    if (state !== 'open') return;
    const outgoing = dial(Number(port), host);
    keep(outgoing);
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  const drop = () => {
    for (const socket of open) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(how) {
      state = how;
      if (how === 'refused') return drop();
      for (const socket of open) socket.unpipe().pause();
    },
    heal() {
      state = 'open';
      drop();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}
