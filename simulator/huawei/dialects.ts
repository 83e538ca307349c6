/**
 * How each of Huawei's services says no, and with what body. Sources: the error samples of "Creating a Workspace" (DataArts
 * Studio, DataArts Fabric) and "Obtaining a User Token" (IAM).
 */
import type { Answer } from '../http.js';
import type { Dialect, Refusal } from '../operation.js';
import type { World } from '../world.js';
import { gatewayBody, gatewayRefusal } from './gateway.js';

export type HuaweiService = 'dataarts-studio' | 'dataarts-fabric' | 'iam';

export function dialectsOf(world: World): Readonly<Record<HuaweiService, Dialect>> {
  return { 'dataarts-studio': studioDialect(world), 'dataarts-fabric': fabricDialect(world), iam: iamDialect(world) };
}

/** Getters, because the gateway's prefix is a setting. */
function throttled(world: World, limit: string): Refusal {
  const message = `The throttling threshold has been reached: policy user over ratelimit,limit:${limit}`;
  return gatewayRefusal(world, 429, '0308', message);
}

function studioDialect(world: World): Dialect {
  const failed = (why: string): string => `The operation failed, detail msg ${why}.`;
  return {
    get defaults() {
      return {
        refuse: { status: 400, code: 'DAYU.4402', message: failed('refused by the simulator') },
        throttle: throttled(world, '20,time:1 minute'),
        fail: { status: 500, code: 'DAYU.3531', message: 'Internal server error: simulated' },
      };
    },
    answer: (refusal, requestId) => studioAnswer(world, refusal, requestId),
    invalid: ({ path, rule }) => ({ status: 400, code: 'DAYU.4402', message: failed(`${path}: ${rule}`) }),
  };
}

function fabricDialect(world: World): Dialect {
  const unread = (why: string): string =>
    `failed to read http request, please check your input, code: 400, reason: ${why}`;
  return {
    get defaults() {
      return {
        refuse: { status: 400, code: 'common.01000001', message: unread('refused by the simulator') },
        throttle: throttled(world, '100,time:1 minute'),
        fail: { status: 500, code: 'common.00000500', message: 'internal error' },
      };
    },
    answer: fabricAnswer,
    invalid: ({ path, rule }) => ({ status: 400, code: 'common.01000001', message: unread(`${path} ${rule}`) }),
  };
}

function iamDialect(world: World): Dialect {
  const invalid = { status: 400, code: '400', message: 'The request body is invalid' };
  return {
    get defaults() {
      return {
        refuse: invalid,
        throttle: throttled(world, '100,time:1 minute'),
        fail: {
          status: 500,
          code: '500',
          message: 'An unexpected error prevented the server from fulfilling your request.',
        },
      };
    },
    answer: iamAnswer,
    invalid: () => invalid,
  };
}

const isGateway = ({ code = '' }: Refusal): boolean => /^APIG(W)?\./.test(code);

function answerWith(refusal: Refusal, body: Answer['body']): Answer {
  const { status = 400, retryAfterMs } = refusal;
  // No Huawei page documents Retry-After; a fault sends it only where asked to.
  const headers = retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  return { status, headers, body };
}

function studioAnswer(world: World, refusal: Refusal, requestId: string): Answer {
  if (isGateway(refusal)) return answerWith(refusal, gatewayBody(refusal, requestId));
  if (refusal.status === 200) return answerWith(refusal, { is_success: false, message: refusal.message });
  const error = { error_code: refusal.code, error_msg: refusal.message };
  const wrapped = refusal.status === 400 && world.settings.studioRefusals === 'errors-array';
  return answerWith(refusal, wrapped ? { errors: [error] } : error);
}

/** The 403 in the documents has a numeric error_code and a nested error beside it. */
function fabricAnswer(refusal: Refusal, requestId: string): Answer {
  if (isGateway(refusal)) return answerWith(refusal, gatewayBody(refusal, requestId));
  const { code, message } = refusal;
  if (refusal.status === 403 && (code === undefined || code === '403')) {
    const nested = { code: '403', message, title: 'Forbidden' };
    return answerWith(refusal, { error: nested, error_code: 403, error_msg: message, title: 'Forbidden' });
  }
  return answerWith(refusal, { error_code: code, error_msg: message });
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
};

function iamAnswer(refusal: Refusal, requestId: string): Answer {
  if (isGateway(refusal)) return answerWith(refusal, gatewayBody(refusal, requestId));
  const { status = 400, message } = refusal;
  return answerWith(refusal, { error: { code: status, message, title: TITLES[status] ?? 'Error' } });
}
