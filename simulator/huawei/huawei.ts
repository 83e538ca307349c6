/** Huawei Cloud as one simulated cloud: which path is which operation, and how each of its three services says no. */
import { randomBytes } from 'node:crypto';
import type { RawRequest } from '../http.js';
import type { Dialect, Operation, Routed, Service, SimulatedCloud } from '../operation.js';
import type { World } from '../world.js';
import { dialectsOf, type HuaweiService } from './dialects.js';
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
