/**
 * IAM user tokens ("Obtaining a User Token Through Password Authentication", IAM API, iam_30_0001): one for a user and
 * project, kept as long as the connection, fetched once however many calls wait for it, renewed before it runs out.
 */
import type { AuthContext, CloudAnswer } from '../../cloud.js';
import { asRecord, asText } from '../../http/json.js';
import { ProviderError } from '../../provider-error.js';

export interface IamUser {
  readonly userName: string;
  readonly password: string;
  readonly domainName: string;
}

interface Token {
  readonly value: string;
  /** By `performance.now()`: a clock set wrong must not keep a token alive. */
  readonly renewAt: number;
}

/** Longer than any request in the line takes to leave; a tenth of the lifetime where a token lives for minutes. */
const RENEWAL_MARGIN_MS = 10 * 60_000;

/** Documented: 24 hours. Taken where an answer names no lifetime: short enough to be wrong without harm. */
const UNKNOWN_LIFETIME_MS = 60 * 60_000;

/** A token in the cache, perhaps still on its way. */
interface Held {
  readonly token: Promise<Token>;
}

/** A token for the project, from the connection's cache or from IAM. */
export async function iamToken(user: IamUser, projectId: string, context: AuthContext): Promise<string> {
  const { cache } = context;
  const key = `iam-token ${user.domainName}/${user.userName}/${projectId}`;
  const old = cache.get(key) as Held | undefined;
  const token = await old?.token;
  if (token && performance.now() < token.renewAt) return token.value;
  // Whoever comes first after the old one ran out fetches the next; the others find it here.
  const current = cache.get(key) as Held | undefined;
  if (current && current !== old) return (await current.token).value;
  const held: Held = { token: fetchToken(user, projectId, context) };
  cache.set(key, held);
  try {
    return (await held.token).value;
  } catch (error) {
    if (cache.get(key) === held) cache.delete(key);
    throw error;
  }
}

async function fetchToken(user: IamUser, projectId: string, context: AuthContext): Promise<Token> {
  const answer = await context.send({
    operation: 'KeystoneCreateUserTokenByPassword',
    service: 'iam',
    method: 'POST',
    path: '/v3/auth/tokens',
    // Any value leaves the catalog out of the answer, which is most of its size.
    query: { nocatalog: 'true' },
    json: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: user.userName, password: user.password, domain: { name: user.domainName } } },
        },
        scope: { project: { id: projectId } },
      },
    },
    effect: 'none',
  });
  const value = answer.headers['x-subject-token'];
  if (!value) throw tokenMissing(answer);
  const lifetimeMs = lifetimeOf(answer);
  return { value, renewAt: performance.now() + lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 10) };
}

function lifetimeOf({ body }: CloudAnswer): number {
  const token = asRecord(asRecord(body).token);
  const lifetimeMs = Date.parse(asText(token.expires_at) ?? '') - Date.parse(asText(token.issued_at) ?? '');
  return lifetimeMs > 0 ? lifetimeMs : UNKNOWN_LIFETIME_MS;
}

function tokenMissing({ status, requestId }: CloudAnswer): ProviderError {
  return new ProviderError('IAM answered without a token in X-Subject-Token', {
    type: 'ServiceInternalError',
    retryable: true,
    sent: 'never',
    provider: 'huawei',
    operation: 'KeystoneCreateUserTokenByPassword',
    status,
    ...(requestId !== undefined && { requestId }),
  });
}
