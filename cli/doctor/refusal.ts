/** Why a read did not work, and what would be right: by the failure's type, which is all that clouds have in common. */
import { ProviderError, type ProviderErrorFacts } from '../../activities/provider-error.js';
import { printable } from '../printable.js';
import type { Finding, Level } from './finding.js';

/** It answered, and it knew us: a plan would wait and go on. */
const PASSING: Partial<Record<ProviderErrorFacts['type'], string>> = {
  Throttling: 'lower limits.requestsPerMinute where it goes on',
  ServiceInternalError: 'look again later: the service has a fault of its own',
  ServiceLimitExceeded: 'ask the cloud for a higher quota',
};

const REMEDIES: Partial<Record<ProviderErrorFacts['type'], string>> = {
  AccessDenied: 'grant the account this operation, or use the credentials of one that has it',
  Misconfigured: 'correct the connection',
  NotFound: 'check the ids in the connection’s scope, and its region',
  InvalidRequest: 'check the ids in the connection’s scope',
  ServiceTimeout: 'check the endpoint, and the way to it',
};

const NETWORK: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'its host name does not resolve: check region or endpoint, and this machine’s DNS'],
  [/^ECONNREFUSED$/, 'nobody listens there: check the endpoint'],
  [/CERT|TLS|SSL|SIGNATURE/, 'its certificate is not trusted here: check the endpoint and NODE_EXTRA_CA_CERTS'],
];

const NO_WAY = 'check the endpoint, the way to it, and HTTPS_PROXY';

export function refusalFinding(of: Pick<Finding, 'area' | 'check'>, error: unknown): Finding {
  if (!(error instanceof ProviderError)) {
    return { ...of, level: 'failure', says: 'the kind cannot be listed with this connection' };
  }
  const { facts } = error;
  const says = printable([error.message, detailsOf(facts)].filter((text) => text !== '').join(' '));
  return { ...of, level: levelOf(facts), says, remedy: remedyOf(facts) };
}

/** A kind may take ids from the spec that the scope lacks: it cannot be listed, and yet be provisioned. */
function levelOf({ type, sent, status }: ProviderErrorFacts): Level {
  if (PASSING[type] !== undefined) return 'warning';
  return type === 'Misconfigured' && sent === 'never' && status === undefined ? 'warning' : 'failure';
}

function remedyOf({ type, code = '', signature }: ProviderErrorFacts): string {
  if (signature) return 'correct the key or its secret; a clock that is off looks the same, see clock';
  const network = NETWORK.find(([codes]) => codes.test(code))?.[1];
  if (type === 'NetworkFailure') return network ?? NO_WAY;
  return REMEDIES[type] ?? PASSING[type] ?? 'look at what the cloud says';
}

function detailsOf({ type, operation, status, requestId }: ProviderErrorFacts): string {
  const parts = [operation, type, status && `HTTP ${status}`, requestId && `request ${requestId}`];
  return `(${parts.filter((part) => part !== undefined).join(', ')})`;
}
