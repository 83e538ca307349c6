/** Ports that stay ours while a server is down: below the range from which the system takes those of outgoing sockets. */
import { isFree } from '../../worker/embedded-server/free-port.js';

const FIRST = 17_000;
/** Linux gives outgoing sockets ports from 32768 on. */
const LAST = 32_000;

/** So many free ones, from a random place on: other runs on the machine look for theirs too. */
export async function stablePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  let port = FIRST + Math.floor(Math.random() * (LAST - FIRST - 1_000));
  for (; ports.length < count && port < LAST; port += 1) if (await isFree(port)) ports.push(port);
  if (ports.length < count) throw new Error(`There are no ${count} free ports below ${LAST}`);
  return ports;
}
