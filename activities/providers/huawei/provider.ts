/** Huawei Cloud: where its services are, which credentials it takes, and how a request proves who sends it. */
import { z } from 'zod';
import type { AuthContext, Provider, WireRequest } from '../../cloud.js';
import { ProviderError } from '../../provider-error.js';
import { classify } from './errors.js';
import { type IamUser, iamToken } from './iam-token.js';
import { HUAWEI_LIMITS } from './limits.js';
import { authorizationOf, type SigningKey, sdkDate } from './signing.js';

const text = z.string().min(1, 'must not be empty');

const CREDENTIAL_FORMS =
  'give either accessKey and secretKey (and securityToken with temporary keys), or userName, password and domainName';

const credentials = z.union(
  [
    z.strictObject({ accessKey: text, secretKey: text, securityToken: text.optional() }),
    z.strictObject({ userName: text, password: text, domainName: text }),
  ],
  { error: () => CREDENTIAL_FORMS },
);

export const huawei: Provider = {
  name: 'huawei',
  services: {
    'dataarts-studio': (region) => `https://dayu.${region}.myhuaweicloud.com`,
    'dataarts-fabric': (region) => `https://fabric.${region}.myhuaweicloud.com`,
    iam: (region) => `https://iam.${region}.myhuaweicloud.com`,
  },
  credentials,
  scopeKeys: ['projectId', 'instanceId'],
  limits: HUAWEI_LIMITS,
  // API signing guide: `X-Sdk-Date` within 15 minutes of the gateway’s clock.
  clockToleranceMs: 15 * 60_000,
  authenticate,
  classify,
};

/** A kind that names a project itself has put it into X-Project-Id; otherwise it is the connection's. */
async function authenticate(request: WireRequest, context: AuthContext): Promise<Readonly<Record<string, string>>> {
  const { accessKey, secretKey, securityToken, userName, password, domainName } = context.credentials;
  const projectId = request.headers['x-project-id'] ?? context.scope.projectId;
  const project: Record<string, string> = projectId ? { 'x-project-id': projectId } : {};
  if (accessKey && secretKey) {
    return sign(request, { ...project, ...(securityToken && { 'x-security-token': securityToken }) }, context, {
      accessKey,
      secretKey,
    });
  }
  if (!userName || !password || !domainName) throw misconfigured(context, `Credentials: ${CREDENTIAL_FORMS}`);
  if (!projectId) throw misconfigured(context, 'Give the connection a scope.projectId: tokens are made for a project');
  const user: IamUser = { userName, password, domainName };
  return { ...project, 'x-auth-token': await iamToken(user, projectId, context) };
}

/** Only what the gateway needs is signed: a proxy may change the user agent on the way. */
function sign(
  request: WireRequest,
  own: Readonly<Record<string, string>>,
  context: AuthContext,
  key: SigningKey,
): Readonly<Record<string, string>> {
  const { host = request.url.host, 'content-type': contentType } = request.headers;
  const added = { ...own, 'x-sdk-date': sdkDate(context.now) };
  const headers = { host, ...(contentType && { 'content-type': contentType }), ...added };
  return { ...added, authorization: authorizationOf({ ...request, headers }, key) };
}

function misconfigured(context: AuthContext, message: string): ProviderError {
  return new ProviderError(message, {
    type: 'Misconfigured',
    retryable: false,
    sent: 'never',
    provider: 'huawei',
    operation: context.request.operation,
  });
}
