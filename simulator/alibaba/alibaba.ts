/**
 * Alibaba Cloud as one simulated cloud: the RPC gateway (action and version in headers or parameters, nonce, clock, STS)
 * in front of DataWorks 2024-05-18. Source: Alibaba Cloud, "Common errors of API calls"; DataWorks error codes.
 */
import { randomUUID } from 'node:crypto';
import { type Answer, headerOf, type RawRequest } from '../http.js';
import type { BadField, Dialect, Refusal, SimulatedCloud } from '../operation.js';
import type { World } from '../world.js';
import { pairsOf } from './parameters.js';
import { projectOperations } from './projects.js';
import { type AlibabaClaim, readClaim } from './signature.js';
import { workflowOperations } from './workflows.js';

const VERSION = '2024-05-18';
const CLOCK_TOLERANCE_MS = 15 * 60 * 1000;
/** A nonce may not come again for 31 minutes. */
const NONCE_MEMORY_MS = 31 * 60 * 1000;

export function alibabaCloud(world: World): SimulatedCloud {
  const operations = [...workflowOperations(world), ...projectOperations(world)];
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const nonces = new NonceMemory();
  const dialect = dialectOf(world);
  return {
    operations,
    claims: (request) => headerOf(request, 'x-acs-action') !== undefined || request.path === '/',
    route: (request) => {
      const operation = byName.get(commonValue(request, 'x-acs-action', 'Action') ?? '');
      const known = request.path === '/' && commonValue(request, 'x-acs-version', 'Version') === VERSION;
      return known && operation && ['GET', 'POST'].includes(request.method) ? { operation, params: {} } : undefined;
    },
    notFound: (_request, requestId) =>
      dialect.answer(
        {
          status: 404,
          code: 'InvalidApi.NotFound',
          message: 'Specified api is not found, please check your url and method.',
        },
        requestId,
      ),
    tooLarge: (requestId) =>
      dialect.answer(
        { status: 413, code: 'RequestBodyTooLarge', message: 'The request body is too large.' },
        requestId,
      ),
    authenticate: (request, _routed, requestId) => {
      const refusal = refusalOf(world, nonces, request);
      return refusal && dialect.answer(refusal, requestId);
    },
    dialectOf: () => dialect,
    requestId: () => randomUUID().toUpperCase(),
    headers: (requestId) => ({ 'x-acs-request-id': requestId }),
  };
}

function commonValue(request: RawRequest, header: string, parameter: string): string | undefined {
  return headerOf(request, header) ?? pairsOf(request).find(([name]) => name === parameter)?.[1];
}

class NonceMemory {
  private readonly seenAt = new Map<string, number>();

  /** Whether the nonce is new; remembers it. */
  isNew(nonce: string, now: number): boolean {
    for (const [old, at] of this.seenAt) {
      if (now - at < NONCE_MEMORY_MS) break;
      this.seenAt.delete(old);
    }
    if (this.seenAt.has(nonce)) return false;
    this.seenAt.set(nonce, now);
    return true;
  }
}

function refusalOf(world: World, nonces: NonceMemory, request: RawRequest): Refusal | undefined {
  const claim = readClaim(request, pairsOf(request));
  if (typeof claim === 'string') return missing(claim);
  if (claim.nonce === undefined) return missing('SignatureNonce');
  if (claim.signedAt === undefined) return missing('Timestamp');
  return keyRefusal(world, claim, claim.signedAt) ?? nonceRefusal(nonces, claim.nonce, world.now());
}

function missing(name: string): Refusal {
  return {
    status: 400,
    code: `Missing${name}`,
    message: `${name} is mandatory for this action.`,
  };
}

function keyRefusal(world: World, claim: AlibabaClaim, signedAt: number): Refusal | undefined {
  const { accessKeyId, accessKeySecret, securityToken } = world.credentials.alibaba;
  if (claim.accessKeyId !== accessKeyId) {
    return { status: 400, code: 'InvalidAccessKeyId.NotFound', message: 'Specified access key is not found.' };
  }
  if (Math.abs(world.now() - signedAt) > CLOCK_TOLERANCE_MS) {
    return { status: 400, code: 'InvalidTimeStamp.Expired', message: 'Specified time stamp or date value is expired.' };
  }
  if (!claim.holds(accessKeySecret)) {
    const quoted = `server StringToSign is [${claim.stringToSign}]`;
    return {
      status: 400,
      code: 'SignatureDoesNotMatch',
      message: `Specified signature does not match our calculation. ${quoted}`,
    };
  }
  if (claim.securityToken === securityToken) return undefined;
  const code =
    claim.securityToken === undefined ? 'MissingSecurityToken' : 'InvalidSecurityToken.MismatchWithAccessKey';
  return { status: 400, code, message: 'The security token does not belong to the access key.' };
}

function nonceRefusal(nonces: NonceMemory, nonce: string, now: number): Refusal | undefined {
  if (nonces.isNew(nonce, now)) return undefined;
  return { status: 400, code: 'SignatureNonceUsed', message: 'Specified signature nonce was used already.' };
}

function dialectOf(world: World): Dialect {
  return {
    get defaults() {
      return {
        refuse: { status: 400, code: 'InvalidParameter', message: 'Refused by the simulator.' },
        throttle:
          world.settings.alibabaThrottling === 'numeric'
            ? { status: 400, code: '9990020002', message: 'Throttling.User' }
            : { status: 429, code: 'Throttling.User', message: 'Request was denied due to user flow control.' },
        fail: { status: 500, code: 'InternalError.System', message: 'An internal system error occurred.' },
      };
    },
    answer: alibabaAnswer,
    invalid: (field: BadField) => ({
      status: 400,
      code: 'InvalidParameter',
      message: `The parameter ${field.path} is invalid: it ${field.rule}.`,
    }),
  };
}

/** The SDKs read x-acs-retry-after as milliseconds, and Python's raises its throttling error exactly if it is there. */
function alibabaAnswer(refusal: Refusal, requestId: string): Answer {
  const { status = 400, code, message, retryAfterMs } = refusal;
  return {
    status,
    headers: retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMs) },
    body: {
      RequestId: requestId,
      HostId: 'dataworks.simulator.invalid',
      Code: code,
      Message: message,
      Recommend: `https://api.alibabacloud.com/troubleshoot?q=${encodeURIComponent(code ?? '')}&product=dataworks-public`,
      ...(status === 200 && { Success: false }),
    },
  };
}
