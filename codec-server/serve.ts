/** Serves the codec: always behind a token, by default on loopback, and for the pages of one Temporal UI. */
import { namesOf } from '../board/hosts.js';
import { type Listening, listen } from '../board/listen.js';
import { Sessions } from '../board/sessions.js';
import type { EncryptionCodec } from '../encryption/codec.js';
import { createCodecApp } from './app.js';

export interface CodecServerOptions {
  readonly codec: EncryptionCodec;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Further names by which browsers come, such as a proxy's. */
  readonly names: readonly string[];
  readonly token: string;
  /** Where the Temporal UI is: scheme, host and port. */
  readonly uiOrigin: string;
  readonly onDefect: (error: unknown) => void;
}

export type CodecServer = Listening;

const LEAST_TOKEN = 16;

/** What is wrong with them, in words for people; undefined where nothing is. */
export function codecServerProblem({
  token,
  uiOrigin,
}: {
  readonly token: string | undefined;
  readonly uiOrigin: string | undefined;
}): string | undefined {
  if (token === undefined || token.length < LEAST_TOKEN) {
    return `Whoever asks reads plain text: give it a token of at least ${LEAST_TOKEN} characters, with --token-file FILE or PROVISIONER_CODEC_TOKEN`;
  }
  if (uiOrigin !== undefined && URL.canParse(uiOrigin) && new URL(uiOrigin).origin === uiOrigin) return undefined;
  return 'Say where the Temporal UI is, with --ui-origin and its scheme, host and port alone, such as http://127.0.0.1:8233';
}

export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { host, port, names, token } = options;
  const problem = codecServerProblem(options);
  if (problem !== undefined) throw new Error(problem);
  // Cookies do not tell ports apart.
  const door = { sessions: new Sessions(), token, cookieName: `provisioner-codec-${port}` };
  const app = createCodecApp({ ...options, names: namesOf(host, names), door });
  return listen(app.fetch, host, port);
}
