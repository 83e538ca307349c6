/** Huawei Cloud as one simulated cloud: which path is which operation, and how each of its three services says no. */
import { randomBytes } from 'node:crypto';
import type { Answer, RawRequest } from '../http.js';
import type { BadField, Dialect, Operation, Refusal, Routed, Service, SimulatedCloud } from '../operation.js';
import type { World } from '../world.js';
import { fabricOperations } from './fabric.js';
import { gatewayBody, gatewayRefusal, HuaweiGateway } from './gateway.js';
import { iamOperations } from './iam.js';
import { studioOperations } from './studio.js';

/** `{name}` is one path segment. Fabric's paths come first: `/v1/workspaces/…` has no project in it. */
const ROUTES: readonly (readonly [method: string, path: string, operation: string])[] = [
  ['POST', '/v3/auth/tokens', 'KeystoneCreateUserTokenByPassword'],
  ['GET', '/v3/projects', 'KeystoneListProjects'],
  ['POST', '/v1/workspaces', 'CreateWorkspace'],
  ['GET', '/v1/workspaces', 'ListWorkspaces'],
  ['PUT', '/v1/workspaces/{workspace}', 'UpdateWorkspace'],
  ['DELETE', '/v1/workspaces/{workspace}', 'DeleteWorkspace'],
  ['GET', '/v1/workspaces/{workspace}/endpoints', 'ListEndpoints'],
  ['DELETE', '/v1/workspaces/{workspace}/endpoints/{endpoint}', 'DeleteEndpoint'],
  ['GET', '/v1/{project}/instances', 'ListDataArtsStudioInstances'],
  ['POST', '/v1/{project}/workspaces/{instance}', 'CreateManagerWorkSpace'],
  ['GET', '/v1/{project}/workspaces/{instance}', 'ListManagerWorkSpaces'],
  ['GET', '/v1/{project}/workspaces/{instance}/{workspace}', 'ShowWorkSpace'],
  ['POST', '/v1/{project}/{instance}/workspaces/batch-delete', 'BatchDeleteWorkspaces'],
  ['GET', '/v1/{project}/{instance}/workspaces/{user}', 'ListWorkspacesForUser'],
  ['PUT', '/v1/{project}/{instance}/update-workspace/{workspace}', 'dataarts-studio/UpdateWorkspace'],
  ['PUT', '/v1/{project}/{instance}/workspace/{workspace}', 'UpdateWorkSpaceOld'],
  ['POST', '/v1/{project}/{instance}/workspace/{workspace}/frozen-workspace', 'FreezeWorkspace'],
  ['POST', '/v1/{project}/{instance}/workspace/{workspace}/unfrozen-workspace', 'UnfreezeWorkspace'],
  ['POST', '/v1/{project}/{instance}/workspace/{workspace}/unfrozen', 'UnfreezeWorkspace'],
];

export function huaweiCloud(world: World): SimulatedCloud {
  const gateway = new HuaweiGateway(world);
  const operations = [...iamOperations(world, gateway), ...fabricOperations(world), ...studioOperations(world)];
  const byName = new Map<string, Operation>(operations.map((operation) => [operation.name, operation]));
  const dialects = dialectsOf(world);
  const dialectOf = (service: Service): Dialect =>
    service in dialects ? dialects[service as HuaweiService] : dialects.iam;
  return {
    operations,
    // Whatever no other cloud claims ends here, as at any gateway: an API that does not exist.
    claims: () => true,
    route: (request) => route(request, byName),
    notFound: (_request, requestId) => {
      const refusal = gatewayRefusal(
        world,
        404,
        '0101',
        'The API does not exist or has not been published in the environment',
      );
      return { status: 404, body: gatewayBody(refusal, requestId) };
    },
    tooLarge: (requestId) => {
      const refusal = gatewayRefusal(world, 413, '0201', 'Request entity too large');
      return { status: 413, body: gatewayBody(refusal, requestId) };
    },
    authenticate: (request, { operation, params }, requestId) => {
      if (operation.name === 'KeystoneCreateUserTokenByPassword') return undefined;
      const refusal = gateway.refusal(request, operation.service, params.project);
      return refusal && dialectOf(operation.service).answer(refusal, requestId);
    },
    dialectOf,
    requestId: () => randomBytes(16).toString('hex'),
    headers: (requestId) => ({ 'X-Request-Id': requestId }),
  };
}

function route(request: RawRequest, operations: ReadonlyMap<string, Operation>): Routed | undefined {
  for (const [method, path, name] of ROUTES) {
    if (method !== request.method) continue;
    const params = match(path, request.path);
    const operation = operations.get(name);
    if (params && operation) return { operation, params };
  }
  return undefined;
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith('{') && value !== '') params[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

type HuaweiService = 'dataarts-studio' | 'dataarts-fabric' | 'iam';

function dialectsOf(world: World): Readonly<Record<HuaweiService, Dialect>> {
  const throttle = (limit: string): Refusal =>
    gatewayRefusal(
      world,
      429,
      '0308',
      `The throttling threshold has been reached: policy user over ratelimit,limit:${limit}`,
    );
  return {
    'dataarts-studio': {
      get defaults() {
        return {
          refuse: {
            status: 400,
            code: 'DAYU.4402',
            message: 'The operation failed, detail msg refused by the simulator.',
          },
          throttle: throttle('20,time:1 minute'),
          fail: { status: 500, code: 'DAYU.3531', message: 'Internal server error: simulated' },
        };
      },
      answer: (refusal, requestId) => studioAnswer(world, refusal, requestId),
      invalid: (field) => ({
        status: 400,
        code: 'DAYU.4402',
        message: `The operation failed, detail msg ${field.path}: ${field.rule}.`,
      }),
    },
    'dataarts-fabric': {
      get defaults() {
        return {
          refuse: {
            status: 400,
            code: 'common.01000001',
            message: 'failed to read http request, refused by the simulator',
          },
          throttle: throttle('100,time:1 minute'),
          fail: { status: 500, code: 'common.00000500', message: 'internal error' },
        };
      },
      answer: fabricAnswer,
      invalid: (field: BadField) => ({
        status: 400,
        code: 'common.01000001',
        message: `failed to read http request, please check your input, code: 400, reason: ${field.path} ${field.rule}`,
      }),
    },
    iam: {
      get defaults() {
        return {
          refuse: { status: 400, code: '400', message: 'The request body is invalid' },
          throttle: throttle('100,time:1 minute'),
          fail: {
            status: 500,
            code: '500',
            message: 'An unexpected error prevented the server from fulfilling your request.',
          },
        };
      },
      answer: iamAnswer,
      invalid: () => ({ status: 400, code: '400', message: 'The request body is invalid' }),
    },
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
