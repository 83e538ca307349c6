/** Serves the board: on loopback for whoever is on this machine, elsewhere only to who knows a token. */
import type { ProvisionerClient } from '../client/client.js';
import { createApp } from './app.js';
import { isLoopback, namesOf } from './hosts.js';
import { type Listening, listen } from './listen.js';
import type { UiOf } from './plan-facts.js';
import { Sessions } from './sessions.js';

export interface BoardOptions {
  readonly provisioner: ProvisionerClient;
  /** Of the Temporal server, for people. */
  readonly address: string;
  readonly namespace: string;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Further names by which browsers come, such as a proxy's. */
  readonly names: readonly string[];
  readonly token: string | undefined;
  readonly uiOf: UiOf;
  /** How long a page may take before it says that the server does not answer. Default 8 s. */
  readonly patienceMs?: number;
  readonly onDefect: (error: unknown) => void;
}

/** Longer than the server's answer for a plan without a worker takes; the SDK would try for minutes. */
const PATIENCE_MS = 8_000;

export type Board = Listening;

const LEAST_TOKEN = 16;

/** What keeps these options from being safe, in words for people; undefined where nothing does. */
export function unsafe({ host, names, token }: Pick<BoardOptions, 'host' | 'names' | 'token'>): string | undefined {
  if (token !== undefined && token.length < LEAST_TOKEN)
    return `The token must have at least ${LEAST_TOKEN} characters`;
  if (token !== undefined || (isLoopback(host) && names.every(isLoopback))) return undefined;
  return 'Others could reach the board: give it a token, with --token-file FILE or PROVISIONER_BOARD_TOKEN';
}

export async function startBoard(options: BoardOptions): Promise<Board> {
  const { host, port, names, token } = options;
  const why = unsafe(options);
  if (why !== undefined) throw new Error(why);
  // Cookies do not tell ports apart, so that two boards would log each other out.
  const door = { sessions: new Sessions(), token, cookieName: `provisioner-board-${port}` };
  const app = createApp({ patienceMs: PATIENCE_MS, ...options, names: namesOf(host, names), door });
  return listen(app.fetch, host, port);
}
