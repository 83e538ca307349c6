/**
 * Temporal's codec protocol over HTTP: `POST …/decode` and `…/encode`. In this order: the headers that bind the browser, the name
 * that was asked for, whether the page that asks is the UI's, who asks, and how much. Only then is there a key.
 */
import type { Payload } from '@temporalio/common';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import {
  boundHeaders,
  closeSession,
  type Door,
  knownName,
  openSession,
  refuseForeignForm,
  type Variables,
  whoAsks,
} from '../board/access.js';
import { isSame } from '../board/same.js';
import { Trouble } from '../board/trouble.js';
import { type EncryptionCodec, UndecipherablePayloadError } from '../encryption/codec.js';
import { visitPage } from './visit-page.js';
import { readPayloads, type WirePayload, writePayload } from './wire.js';

export interface CodecAppOptions {
  readonly codec: EncryptionCodec;
  readonly names: ReadonlySet<string>;
  /** Of the one page that may ask from a browser: scheme, host and port. */
  readonly uiOrigin: string;
  /** Its token is always there. */
  readonly door: Door;
  readonly onDefect: (error: unknown) => void;
}

type CodecContext = Context<{ Variables: Variables }>;
type App = Hono<{ Variables: Variables }>;

/** A page of a history: some payloads of the largest size, two megabytes, which base64 makes a third longer. */
const MOST_BYTES = 16_000_000;

/** What the UI sends (temporalio/ui, data-encoder): with SSO also an id token, which is of no use here. */
const UI_HEADERS = ['content-type', 'authorization', 'authorization-extras', 'x-namespace'];

/** A browser need not ask again before each request, for as long. */
const PREFLIGHT_S = 600;

export function createCodecApp(options: CodecAppOptions): App {
  const { names, uiOrigin, door, onDefect } = options;
  const app: App = new Hono();
  app.use(boundHeaders);
  app.use(knownName(names));
  app.use(
    cors({
      origin: (origin) => (origin === uiOrigin ? origin : null),
      allowMethods: ['POST'],
      allowHeaders: UI_HEADERS,
      credentials: true,
      maxAge: PREFLIGHT_S,
    }),
  );
  app.use(whoAsks(door));
  const most = bodyLimit({ maxSize: MOST_BYTES, onError: () => fail(413, `Too much: at most ${MOST_BYTES} bytes`) });
  addVisit(app, options);
  const allowed: MiddlewareHandler<{ Variables: Variables }> = async (context, next) => {
    if (verbOf(context) === undefined) fail(404, 'There are decode and encode, both by POST');
    // Before a byte of the body is read.
    refuseUnlessAllowed(context, options);
    await next();
  };
  app.post('*', allowed, most, async (context) => {
    const verb = verbOf(context);
    const payloads = readPayloads(await context.req.json().catch(() => undefined));
    if (!payloads) return fail(400, 'The body must be { payloads: [{ metadata, data }] } with base64 in them');
    context.header('cache-control', 'no-store');
    const work = payloads.map((payload) => (verb === 'encode' ? encode(options, payload) : decode(options, payload)));
    return context.json({ payloads: await Promise.all(work) });
  });
  app.notFound((context) => context.json({ message: 'There are decode and encode, both by POST' }, 404));
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof Trouble) return context.json({ message: error.heading }, error.status);
    onDefect(error);
    return context.json({ message: 'This is a defect of the codec server; what it was stands in its own output' }, 500);
  });
  return app;
}

/** By the last part of the path: it may have one of a proxy's before it. */
function verbOf({ req }: CodecContext): 'decode' | 'encode' | undefined {
  const last = req.path.split('/').at(-1);
  return last === 'decode' || last === 'encode' ? last : undefined;
}

/** Where a person gives the token once: the UI has no field for it, and sends a cookie if it is told to. */
function addVisit(app: App, { door }: CodecAppOptions): void {
  const show = (context: CodecContext, said: 'nothing' | 'wrong') => {
    const session = context.get('session');
    context.header('cache-control', 'no-store');
    const status = said === 'wrong' ? 401 : 200;
    return context.html(visitPage(door.sessions.formToken(session), session.level, said), status);
  };
  const most = bodyLimit({ maxSize: 10_000, onError: () => fail(413, 'Too much') });
  app.get('/', (context) => show(context, 'nothing'));
  app.post('/login', most, async (context) => {
    const { token, formToken } = await context.req.parseBody();
    refuseForeignForm(context, door, formToken);
    if (door.token === undefined || typeof token !== 'string' || !isSame(token, door.token)) {
      return show(context, 'wrong');
    }
    openSession(context, door, 'operator');
    return context.redirect('/', 303);
  });
  app.post('/logout', most, async (context) => {
    refuseForeignForm(context, door, (await context.req.parseBody()).formToken);
    closeSession(context, door);
    return context.redirect('/', 303);
  });
}

/** With the token itself from anywhere; with a cookie only from the UI, since a browser sends that by itself. */
function refuseUnlessAllowed(context: CodecContext, { uiOrigin }: CodecAppOptions): void {
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== uiOrigin)
    fail(403, 'Not from the Temporal UI that this server was started for');
  if (context.get('bearer')) return;
  if (context.get('session').level === 'operator' && origin === uiOrigin) return;
  fail(401, 'Log in at this address, or send the token as a bearer');
}

async function encode({ codec }: CodecAppOptions, payload: Payload): Promise<WirePayload> {
  const [encoded] = await codec.encode([payload]);
  return writePayload(encoded ?? payload);
}

/** What does not open stays as it is: a payload whose key is gone must not hide the others of its page. */
function decode({ codec }: CodecAppOptions, payload: Payload): WirePayload {
  try {
    return writePayload(codec.open(payload));
  } catch (error) {
    if (error instanceof UndecipherablePayloadError) return writePayload(payload);
    throw error;
  }
}

function fail(status: 400 | 401 | 403 | 404 | 413, message: string): never {
  throw new HTTPException(status, { message });
}
