/**
 * One request of a client, from its bytes to its answer: route, authenticate, limit, then the fault that meets it, if
 * any. Order matters: a request with a bad signature never consumes a fault, and no refused one has an effect.
 */
import type { ServerResponse } from 'node:http';
import { delayOf, type Fate, type Fault, type FaultBook } from './faults.js';
import { type Answer, headerOf, type RawRequest, sendAnswer } from './http.js';
import { BadField, type Call, RefusedCall, type Routed, type SimulatedCloud } from './operation.js';
import type { RateLimiter } from './rate-limits.js';
import type { RequestLog } from './request-log.js';
import type { World } from './world.js';

export interface Desk {
  readonly world: World;
  readonly faults: FaultBook;
  readonly log: RequestLog;
  readonly limiter: RateLimiter;
  /** Runs later unless the simulator was closed by then. */
  later(ms: number, action: () => void): void;
}

export function exchange(desk: Desk, cloud: SimulatedCloud, request: RawRequest, response: ServerResponse): void {
  const requestId = cloud.requestId();
  const routed = cloud.route(request);
  const operation = routed?.operation.name ?? 'unknown';
  desk.log.arrived(operation);
  const ended = (status: number | 'cut' | 'hung', fault?: Fault): void => {
    desk.log.ended({
      time: new Date(desk.world.now()).toISOString(),
      operation,
      status,
      userAgent: headerOf(request, 'user-agent'),
      requestId,
      ...(fault && { fault: fault.do }),
    });
  };
  const reply = (answer: Answer, fault?: Fault): void => {
    ended(answer.status, fault);
    sendAnswer(response, {
      ...answer,
      headers: { date: httpDate(desk.world.now()), ...cloud.headers(requestId), ...answer.headers },
    });
  };
  const refused = routed
    ? (cloud.authenticate(request, routed, requestId) ?? throttled(desk, cloud, routed, requestId))
    : cloud.notFound(request, requestId);
  if (!routed || refused) {
    reply(refused ?? cloud.notFound(request, requestId));
    return;
  }
  const call = { request, params: routed.params, requestId, asOf: Infinity, initFails: false };
  const fate = desk.faults.meet(routed.operation, {
    subject: () => subjectOf(routed, call),
    userAgent: headerOf(request, 'user-agent'),
  });
  suffer(desk, cloud, routed, call, fate, { reply, ended, cut: () => response.socket?.destroy() });
}

interface Line {
  reply(answer: Answer, fault?: Fault): void;
  ended(status: 'cut' | 'hung', fault: Fault): void;
  cut(): void;
}

/** A gateway tells the time that it checks signatures by. */
function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

function suffer(desk: Desk, cloud: SimulatedCloud, routed: Routed, plain: Call, fate: Fate, line: Line): void {
  const { decisive: fault, slowMs, staleMs } = fate;
  const call: Call = { ...plain, asOf: desk.world.now() - staleMs, initFails: fault?.do === 'init-failed' };
  const run = (): Answer => perform(cloud, routed, call);
  const answer = answerUnder(fault, run, (kind) => refusalBy(cloud, routed, call, kind, fault));
  if (answer === undefined && fault) loseAnswer(desk, fault, run, line);
  else if (answer && slowMs > 0) desk.later(slowMs, () => line.reply(answer, fault));
  else if (answer) line.reply(answer, fault);
}

type RefusalKind = 'refuse' | 'throttle' | 'fail';

/** The answer that a fault leaves, after the effect if it leaves that; undefined where it leaves none. */
function answerUnder(
  fault: Fault | undefined,
  run: () => Answer,
  no: (kind: RefusalKind) => Answer,
): Answer | undefined {
  switch (fault?.do) {
    case undefined:
    case 'init-failed':
      return run();
    case 'refuse':
    case 'throttle':
      return no(fault.do);
    case 'fail-after':
      run();
      return no('fail');
    case 'fail-before':
      return no('fail');
    default:
      return undefined;
  }
}

function refusalBy(
  cloud: SimulatedCloud,
  routed: Routed,
  call: Call,
  kind: RefusalKind,
  fault: Fault | undefined,
): Answer {
  const dialect = cloud.dialectOf(routed.operation.service);
  const answer = dialect.answer({ ...dialect.defaults[kind], ...wordsOf(fault) }, call.requestId);
  return fault?.body === undefined ? answer : { ...answer, body: fault.body };
}

/** Hangs or cuts the line, with the effect now, later or never. */
function loseAnswer(desk: Desk, fault: Fault, run: () => Answer, line: Line): void {
  if (fault.do === 'hang-after' || fault.do === 'cut-after') run();
  if (fault.do === 'late') desk.later(delayOf(fault), run);
  const hangs = fault.do === 'hang-before' || fault.do === 'hang-after';
  line.ended(hangs ? 'hung' : 'cut', fault);
  if (!hangs) line.cut();
  else if (fault.ms !== undefined) desk.later(fault.ms, () => line.cut());
}

/** The fault's own words; `status` alone keeps the cloud's usual code. */
function wordsOf(fault: Fault | undefined): Pick<Fault, 'status' | 'code' | 'message' | 'retryAfterMs'> {
  const { status, code, message, retryAfterMs } = fault ?? {};
  return {
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function perform(cloud: SimulatedCloud, routed: Routed, call: Call): Answer {
  const dialect = cloud.dialectOf(routed.operation.service);
  try {
    return routed.operation.run(call);
  } catch (error) {
    if (error instanceof RefusedCall) {
      return dialect.answer({ ...dialect.defaults.refuse, ...error.refusal }, call.requestId);
    }
    if (error instanceof BadField) return dialect.answer(dialect.invalid(error), call.requestId);
    throw error;
  }
}

/** Naming what a call is about reads its body, which may be anything at this point. */
function subjectOf(routed: Routed, call: Call): string | undefined {
  try {
    return routed.operation.subject?.(call);
  } catch (error) {
    if (error instanceof BadField || error instanceof RefusedCall) return undefined;
    throw error;
  }
}

function throttled(desk: Desk, cloud: SimulatedCloud, routed: Routed, requestId: string): Answer | undefined {
  const { operation } = routed;
  const limit = desk.limiter.exceeded(operation, desk.world.settings.rateLimits, desk.world.now());
  if (!limit) return undefined;
  const dialect = cloud.dialectOf(operation.service);
  const hint = desk.world.settings.throttleHints === 'given' ? { retryAfterMs: limit.waitMs } : {};
  return dialect.answer({ ...dialect.defaults.throttle, ...hint }, requestId);
}
