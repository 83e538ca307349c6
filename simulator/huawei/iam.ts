/** Huawei IAM: user tokens by password and the project look-up that SDKs make. Source: IAM API, "Obtaining a User Token". */
import { FieldReader } from '../fields.js';
import { decodePairs } from '../http.js';
import { type Call, type Operation, RefusedCall } from '../operation.js';
import type { World } from '../world.js';
import type { HuaweiGateway, Token } from './gateway.js';

export function iamOperations(world: World, gateway: HuaweiGateway): readonly Operation[] {
  return [
    {
      name: 'KeystoneCreateUserTokenByPassword',
      service: 'iam',
      effect: 'write',
      run: (call) => createToken(world, gateway, call),
    },
    {
      name: 'KeystoneListProjects',
      service: 'iam',
      effect: 'read',
      // A real account has one project a region, named like it; the simulator serves any region.
      run: ({ request }) => {
        const name = decodePairs(request.query).find(([key]) => key === 'name')?.[1] ?? 'cn-north-4';
        const { projectId, domainName } = world.credentials.huawei;
        const project = {
          id: projectId,
          name,
          domain_id: domainName,
          parent_id: domainName,
          enabled: true,
          is_domain: false,
        };
        return { status: 200, body: { projects: [project], links: { self: '', previous: null, next: null } } };
      },
    },
  ];
}

function createToken(world: World, gateway: HuaweiGateway, call: Call): ReturnType<Operation['run']> {
  const { huawei } = world.credentials;
  const auth = required(FieldReader.fromJson(call.request.body), 'auth');
  const identity = required(auth, 'identity');
  const user = required(required(identity, 'password'), 'user');
  const domain = required(user, 'domain');
  if (!identity.list('methods')?.includes('password')) throw invalid();
  const known =
    user.requiredText('name') === huawei.userName &&
    user.requiredText('password') === huawei.password &&
    domain.requiredText('name') === huawei.domainName;
  if (!known) throw new RefusedCall({ status: 401, code: '401', message: 'The username or password is wrong.' });
  const project = auth.object('scope')?.object('project');
  const id = project?.text('id');
  if (project && id === undefined && !project.text('name')) throw invalid();
  if (id !== undefined && id !== huawei.projectId) {
    throw new RefusedCall({ status: 401, code: '401', message: 'The project is not one of the user.' });
  }
  const token = gateway.issueToken(project && huawei.projectId);
  return { status: 201, headers: { 'X-Subject-Token': token.value }, body: { token: describe(world, token) } };
}

function required(reader: FieldReader, name: string): FieldReader {
  const found = reader.object(name);
  if (!found) throw invalid();
  return found;
}

function invalid(): RefusedCall {
  return new RefusedCall({ status: 400, code: '400', message: 'The request body is invalid' });
}

/** IAM writes microseconds: 2020-01-04T09:05:22.701000Z. */
const iamTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

function describe(world: World, token: Token): object {
  const { projectId, domainName, userName } = world.credentials.huawei;
  const domain = { id: domainName, name: domainName };
  return {
    expires_at: iamTime(token.expiresAt),
    issued_at: iamTime(token.issuedAt),
    methods: ['password'],
    ...(token.projectId === undefined ? { domain } : { project: { id: projectId, name: 'cn-north-4', domain } }),
    roles: [{ id: '0', name: 'dayu_adm' }],
    user: { id: userName, name: userName, domain, password_expires_at: '' },
    catalog: [],
  };
}
