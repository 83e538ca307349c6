/**
 * Who somebody is to the board: a cookie that only this process can have written. It holds nothing but whether its holder
 * logged in, and until when; what a form must send back is derived from it. A restart ends every session.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isSame } from './same.js';

/** `visitor`: may log in. `operator`: may see and send everything. */
export type Level = 'visitor' | 'operator';

export interface Session {
  readonly id: string;
  readonly level: Level;
}

export interface Known extends Session {
  /** The same for longer, once half of its time is over: a page that is open keeps its forms good. */
  readonly renewed?: string;
}

/** A working day. */
const LASTS_S = 12 * 3_600;

export class Sessions {
  readonly lastsSeconds = LASTS_S;
  readonly #key = randomBytes(32);

  /** A new cookie. Never the one from before a login: somebody else may have planted that. */
  open(level: Level): { readonly session: Session; readonly cookie: string } {
    const session = { id: randomBytes(16).toString('base64url'), level };
    return { session, cookie: this.#cookie(session) };
  }

  #cookie({ id, level }: Session): string {
    const said = [id, level, Date.now() + LASTS_S * 1_000].join('.');
    return `${said}.${this.#sign('session', said)}`;
  }

  read(cookie: string | undefined): Known | undefined {
    const [id = '', level = '', until = '', signature = ''] = (cookie ?? '').split('.');
    if (!isSame(signature, this.#sign('session', [id, level, until].join('.')))) return undefined;
    const left = Number(until) - Date.now();
    if (left < 0) return undefined;
    const session: Session = { id, level: level === 'operator' ? 'operator' : 'visitor' };
    return { ...session, ...(left < LASTS_S * 500 && { renewed: this.#cookie(session) }) };
  }

  /** What every form of this session carries. */
  formToken({ id }: Session): string {
    return this.#sign('form', id);
  }

  isFormToken(session: Session, given: unknown): boolean {
    return typeof given === 'string' && isSame(given, this.formToken(session));
  }

  #sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}:${text}`).digest('base64url');
  }
}
