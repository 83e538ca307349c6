/**
 * NAVER Cloud as one simulated cloud: an API gateway with numbered errors in front of Data Forest, which answers with an
 * envelope without codes. Source: NAVER Cloud "API Gateway errors" and "Data Forest overview, response status codes".
 */
import { randomUUID } from 'node:crypto';
import { type Answer, headerOf, type RawRequest } from '../http.js';
import type { BadField, Dialect, Refusal, SimulatedCloud } from '../operation.js';
import type { World } from '../world.js';
import { aiWorkspaceOperations } from './ai-workspaces.js';
import { naverSignatureHolds } from './signature.js';

const PREFIX = '/api/v2/';

const AUTHENTICATION_FAILED = { status: 401, code: '200', message: 'Authentication Failed' };
const BAD_REQUEST = { status: 400, code: '100', message: 'Bad Request Exception' };
const NOT_FOUND = { status: 404, code: '300', message: 'Not Found Exception' };
const TOO_LARGE = { status: 413, code: '430', message: 'Request Entity Too Large' };

export function naverCloud(world: World): SimulatedCloud {
  const operations = aiWorkspaceOperations(world);
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  return {
    operations,
    claims: (request) => request.path.startsWith('/api/') || headerOf(request, 'x-ncp-iam-access-key') !== undefined,
    route: (request) => {
      if (request.method !== 'POST' || !request.path.startsWith(PREFIX)) return undefined;
      const operation = byName.get(request.path.slice(PREFIX.length));
      return operation && { operation, params: {} };
    },
    notFound: () => dialect.answer(NOT_FOUND, ''),
    tooLarge: () => dialect.answer(TOO_LARGE, ''),
    authenticate: (request) => refusalOf(world, request),
    dialectOf: () => dialect,
    requestId: () => randomUUID(),
    // No page documents a request id.
    headers: () => ({}),
  };
}

function refusalOf(world: World, request: RawRequest): Answer | undefined {
  if (!naverSignatureHolds(request, world.credentials.naver, world.now())) {
    return dialect.answer(AUTHENTICATION_FAILED, '');
  }
  // Required even where there is no body. The XML form of the API is not simulated.
  const json = /^application\/json\b/i.test(headerOf(request, 'content-type') ?? '');
  return json ? undefined : dialect.answer(BAD_REQUEST, '');
}

/** With a code it is the gateway that says no, without one Data Forest. */
const dialect: Dialect = {
  defaults: {
    refuse: { status: 400, message: 'invalid request parameters' },
    throttle: { status: 429, code: '410', message: 'Throttle Limited' },
    fail: { status: 500, message: 'unexpected error' },
  },
  answer: (refusal: Refusal) => {
    const { status = 400, code, message, retryAfterMs } = refusal;
    const headers = retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
    const body = code === undefined ? { message, success: false } : { error: { errorCode: code, message } };
    return { status, headers, body };
  },
  invalid: (field: BadField) => ({
    status: 400,
    message: `invalid request parameter (${field.path}${field.shown === undefined ? '' : `, '${field.shown}'`}). ${field.rule}`,
  }),
};
