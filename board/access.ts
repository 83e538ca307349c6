/**
 * Who gets in. In this order: the headers that bind the browser, the name that was asked for, who asks, and of a form
 * that it comes from a page of ours. A request that fails one of these has reached nothing.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import { nameIn } from './hosts.js';
import { isSame } from './same.js';
import type { Level, Session, Sessions } from './sessions.js';
import { Trouble } from './trouble.js';

export interface Variables {
  readonly session: Session;
  /** Came with the token itself: nothing that a browser sends by itself. */
  readonly bearer: boolean;
}

export type BoardContext = Context<{ Variables: Variables }>;
type Middleware = MiddlewareHandler<{ Variables: Variables }>;

const OURS = ["'self'"];
const NOBODY = ["'none'"];

/** No inline script or style, nothing from elsewhere, and in nobody's frame. */
export const boundHeaders: Middleware = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: NOBODY,
    scriptSrc: OURS,
    styleSrc: OURS,
    imgSrc: OURS,
    connectSrc: OURS,
    formAction: OURS,
    baseUri: NOBODY,
    frameAncestors: NOBODY,
  },
  // With no-referrer a browser would send a form's Origin as null.
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // The board itself speaks http; whether its name is https for ever is for the proxy to say.
  strictTransportSecurity: false,
});

export function knownName(names: ReadonlySet<string>): Middleware {
  return async (context, next) => {
    if (!names.has(nameIn(context.req.header('host')))) {
      throw new Trouble(403, 'Not by this name', [
        'The board does not answer to the host name in the address. Open it by the address that it printed,',
        'or start it with --name and the name by which browsers come.',
      ]);
    }
    await next();
  };
}

export interface Door {
  readonly sessions: Sessions;
  readonly cookieName: string;
  /** Undefined: whoever reaches the board may use it. */
  readonly token: string | undefined;
}

export function whoAsks(door: Door): Middleware {
  return async (context, next) => {
    const bearer = bearerOf(context);
    if (bearer !== undefined && door.token !== undefined && !isSame(bearer, door.token)) {
      throw new Trouble(401, 'Wrong token', ['The token in the Authorization header is not the board’s.']);
    }
    const known = door.sessions.read(getCookie(context, door.cookieName));
    if (known?.renewed !== undefined) keepSession(context, door, known.renewed);
    context.set('bearer', bearer !== undefined && door.token !== undefined);
    context.set('session', known ?? openSession(context, door, door.token === undefined ? 'operator' : 'visitor'));
    await next();
  };
}

/** Everything but the way in. */
export function operatorsOnly(loginPath: string): Middleware {
  return async (context, next) => {
    if (context.get('session').level === 'operator' || context.get('bearer')) return await next();
    if (context.req.method !== 'GET') throw new Trouble(401, 'Log in first', ['Nothing was sent.']);
    return context.redirect(loginPath, 303);
  };
}

export function openSession(context: BoardContext, door: Door, level: Level): Session {
  const { session, cookie } = door.sessions.open(level);
  keepSession(context, door, cookie);
  return session;
}

function keepSession(context: BoardContext, { sessions, cookieName }: Door, cookie: string): void {
  setCookie(context, cookieName, cookie, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: sessions.lastsSeconds,
    // Only the proxy in front knows.
    secure: context.req.header('x-forwarded-proto') === 'https',
  });
}

export function closeSession(context: BoardContext, { cookieName }: Door): void {
  deleteCookie(context, cookieName, { path: '/' });
}

/** Throws unless the form was on a page of ours that this session was shown. */
export function refuseForeignForm(context: BoardContext, { sessions }: Door, formToken: unknown): void {
  if (context.get('bearer')) return;
  if (isFromOurPage(context) && sessions.isFormToken(context.get('session'), formToken)) return;
  throw new Trouble(403, 'Not from a page of the board', [
    'The form did not come from a page that the board gave to this browser, or that was too long ago; nothing was sent.',
    'Open the plan again and send it from there.',
  ]);
}

/** Browsers say where a form was; a request that says nothing is none of a browser's. */
function isFromOurPage(context: BoardContext): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = context.req.header('origin');
  if (origin === undefined) return site === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === context.req.header('host')?.toLowerCase();
}

function bearerOf(context: BoardContext): string | undefined {
  return /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
}
