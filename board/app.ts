/** The board's addresses: what is behind each, and what stands before all of them. No address changes anything by GET. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { ProvisionerClient } from '../client/client.js';
import {
  type BoardContext,
  boundHeaders,
  closeSession,
  type Door,
  knownName,
  openSession,
  operatorsOnly,
  refuseForeignForm,
  type Variables,
  whoAsks,
} from './access.js';
import type { Refused } from './act-form.js';
import { serveAsset } from './assets.js';
import { loginBody } from './login.js';
import { isAct } from './offers.js';
import { type Frame, formTokenField, page } from './page.js';
import { type PlanFacts, readPlanFacts, type UiOf } from './plan-facts.js';
import { planBody } from './plan-page.js';
import { PAGE_SIZE, plansAddress, plansBody, viewOf } from './plans-page.js';
import { isSame } from './same.js';
import { type Form, send } from './send.js';
import { sentOf, sentText } from './sent-notice.js';
import { pageGone, Trouble, type TroubleStatus, troubleBody, troubleOf, within } from './trouble.js';

export interface AppOptions {
  readonly provisioner: ProvisionerClient;
  /** Of the Temporal server, for people. */
  readonly address: string;
  readonly namespace: string;
  readonly names: ReadonlySet<string>;
  readonly door: Door;
  readonly uiOf: UiOf;
  /** A page that takes longer says so instead. */
  readonly patienceMs: number;
  /** Hears of what is a defect of the board. */
  readonly onDefect: (error: unknown) => void;
}

type Answer = Response | Promise<Response>;
type App = Hono<{ Variables: Variables }>;

/** A move's forms are a few hundred bytes; outputs at most some thousand. */
const MOST_BYTES = 64_000;

/** What is open changes while somebody looks; what is closed may be started again. Without a worker a look is dear. */
const REFRESH_MS = { open: 2_000, unanswered: 10_000, closed: 15_000, list: 5_000 } as const;

/** So that nobody types who decides twice; it proves nothing. */
const WHO_COOKIE = 'provisioner-board-by';

const A_YEAR_S = 365 * 86_400;

export function createApp(options: AppOptions): App {
  const { names, door, address, onDefect } = options;
  const app: App = new Hono();
  app.use(boundHeaders);
  app.use(knownName(names));
  app.get('/assets/:name', serveAsset);
  app.use(whoAsks(door));
  app.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: () => {
        throw new Trouble(413, 'Too much', [`A form is at most ${MOST_BYTES} bytes.`]);
      },
    }),
  );
  addLogin(app, options);
  app.use(operatorsOnly('/login'));
  addPlans(app, options);
  addPlan(app, options);
  app.notFound(() => {
    throw new Trouble(404, 'No such page', ['The board has a list of plans, and a page for each.']);
  });
  app.onError((error, context) => {
    const trouble = troubleOf(error, address);
    if (trouble.status === 500) onDefect(error);
    return show(context, options, { title: trouble.heading, body: troubleBody(trouble) }, trouble.status);
  });
  return app;
}

function addLogin(app: App, { door }: AppOptions): void {
  const show = (context: BoardContext, wasWrong: boolean) => {
    const body = loginBody(door.sessions.formToken(context.get('session')), wasWrong);
    context.header('cache-control', 'no-store');
    return context.html(page({ title: 'Log in', body }), wasWrong ? 401 : 200);
  };
  app.get('/login', (context) =>
    context.get('session').level === 'operator' ? context.redirect('/', 303) : show(context, false),
  );
  app.post('/login', async (context) => {
    const { token, formToken } = await context.req.parseBody();
    refuseForeignForm(context, door, formToken);
    if (door.token === undefined || typeof token !== 'string' || !isSame(token, door.token)) return show(context, true);
    openSession(context, door, 'operator');
    return context.redirect('/', 303);
  });
  app.post('/logout', async (context) => {
    refuseForeignForm(context, door, (await context.req.parseBody()).formToken);
    closeSession(context, door);
    return context.redirect('/login', 303);
  });
  app.all('/login', (context) => onlyBy(context, 'GET, POST'));
  app.all('/logout', (context) => onlyBy(context, 'POST'));
}

function addPlans(app: App, options: AppOptions): void {
  const { provisioner, patienceMs } = options;
  app.get('/', async (context) => {
    const view = viewOf(context.req.query());
    const { filter, pageToken } = view;
    // Some stores do not count; the list is worth as much without.
    const count = (of: Parameters<ProvisionerClient['count']>[0]) => provisioner.count(of).catch(() => undefined);
    const page = pageToken === undefined ? {} : { pageToken };
    const [listed, all, waiting] = await within(
      patienceMs,
      Promise.all([
        provisioner.listPage({ ...filter, ...page, pageSize: PAGE_SIZE }),
        count(filter),
        count({ attention: true }),
      ]),
    ).catch(async (error: unknown) => {
      throw pageToken !== undefined && (await isThere(options)) ? pageGone() : error;
    });
    const body = plansBody({ view, page: listed, count: all, waiting });
    const refresh = { url: plansAddress(view), everyMs: REFRESH_MS.list };
    return show(context, options, { title: 'Plans', body, refresh });
  });
  app.all('/', (context) => onlyBy(context, 'GET'));
}

/** Some stores answer a page's token that they do not know as if they were not there, and the SDK asks again. */
async function isThere({ provisioner, patienceMs }: AppOptions): Promise<boolean> {
  return await within(patienceMs, provisioner.listPage({ pageSize: 1 })).then(
    () => true,
    () => false,
  );
}

function addPlan(app: App, options: AppOptions): void {
  const { provisioner, door, patienceMs } = options;
  app.get('/plans/:name', async (context) => {
    const facts = await factsOf(options, context.req.param('name'));
    return showPlan(context, options, facts);
  });
  app.post('/plans/:name', async (context) => {
    const fields = await context.req.parseBody();
    refuseForeignForm(context, door, fields.formToken);
    const name = context.req.param('name');
    const form = formOf(fields);
    const handle = await within(patienceMs, provisioner.acting(name));
    if (fields.run !== `${handle.workflowId}/${handle.runId}`) {
      throw new Trouble(409, 'Not sent', [
        'The form was of another run of this plan, which is not the one that acts for it now.',
        'Open the plan again, and see whether this is still what you want.',
      ]);
    }
    const plan = (await within(patienceMs, handle.findLedger()))?.ledger.plan ?? name;
    if (form.typed.by) remember(context, form.typed.by);
    const refused = await send(form, { provisioner, handle, plan });
    if (!refused) return context.redirect(`/plans/${encodeURIComponent(name)}?sent=${sentText(form)}`, 303);
    return showPlan(context, options, await factsOf(options, name), refused);
  });
  app.all('/plans/:name', (context) => onlyBy(context, 'GET, POST'));
}

function factsOf({ provisioner, uiOf, patienceMs }: AppOptions, name: string): Promise<PlanFacts> {
  return within(patienceMs, readPlanFacts(provisioner, uiOf, name));
}

function formOf(fields: Readonly<Record<string, unknown>>): Form {
  const typed = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const { act = '', step } = typed;
  if (!isAct(act)) throw new Trouble(400, 'Not sent', ['There is no such move.']);
  return { act, ...(step && { step }), typed };
}

function showPlan(context: BoardContext, options: AppOptions, facts: PlanFacts, refused?: Refused): Answer {
  const { door } = options;
  const sent = sentOf(context.req.query('sent'));
  const body = planBody({
    facts,
    sent,
    refused,
    formToken: formTokenField(door.sessions.formToken(context.get('session'))),
    by: refused?.typed.by ?? getCookie(context, WHO_COOKIE) ?? '',
    now: Date.now(),
  });
  const unanswered = facts.source === 'history' ? REFRESH_MS.unanswered : REFRESH_MS.open;
  const refresh = {
    url: `/plans/${encodeURIComponent(facts.name)}${sent ? `?sent=${sentText(sent)}` : ''}`,
    everyMs: facts.outcome === undefined ? unanswered : REFRESH_MS.closed,
  };
  const title = `${refused ? 'Not done: ' : ''}${facts.name}`;
  return show(context, options, { title, body, refresh }, refused ? 422 : 200);
}

function show(
  context: BoardContext,
  { address, namespace, door }: AppOptions,
  frame: Pick<Frame, 'title' | 'body' | 'refresh'>,
  status: TroubleStatus | 200 = 200,
): Answer {
  // Nobody asks yet where the name was wrong.
  const session = context.get('session') as BoardContext['var']['session'] | undefined;
  const inside = session?.level === 'operator' || context.get('bearer');
  const logout =
    session && inside && door.token !== undefined ? formTokenField(door.sessions.formToken(session)) : undefined;
  context.header('cache-control', 'no-store');
  return context.html(
    page({ ...frame, ...(inside && { place: { address, namespace } }), ...(logout && { logout }) }),
    status,
  );
}

function remember(context: BoardContext, by: string): void {
  setCookie(context, WHO_COOKIE, by, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: A_YEAR_S });
}

function onlyBy(context: Context, allowed: string): never {
  context.header('allow', allowed);
  throw new Trouble(405, 'Not this way', [`This address is for ${allowed}.`]);
}
