/** Ports of this machine: a free one, and whether a wanted one is free. */
import { connect, createServer } from 'node:net';

const HOST = '127.0.0.1';

/**
 * A port that nobody listens on. Linux draws the ports that it gives at random, and would soon give this one to somebody
 * else: a connection that the listening side closes first stays in TIME_WAIT for a minute, and for so long its port is
 * given to nobody, though who names it can listen there (Temporal's dev server chooses its own ports like this, too).
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const visitor = connect(port, HOST).resume();
      visitor.once('error', reject);
      visitor.once('close', () => server.close(() => resolve(port)));
    });
  });
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
