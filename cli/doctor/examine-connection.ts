/**
 * A connection as its worker would use it: its secrets, one signed read of each kind, and how far the clocks are apart. A
 * read is the first page of the kind's own list, and ends there: nothing is created, changed or deleted.
 */
import type { Cloud, Provider } from '../../activities/cloud.js';
import type { Connection } from '../../activities/connection.js';
import { type Line, openLine } from '../../activities/http/line.js';
import type { Kind } from '../../activities/kind.js';
import { ProviderError } from '../../activities/provider-error.js';
import { type ExchangeReport, UNWATCHED } from '../../activities/watch.js';
import { VERSION } from '../../contract/version.js';
import { clockFinding } from './clock.js';
import type { Finding } from './finding.js';
import { refusalFinding } from './refusal.js';

export interface ConnectionSetup {
  readonly connection: Connection;
  readonly provider: Provider;
  /** The provider's. */
  readonly kinds: readonly Kind[];
}

const USER_AGENT = `temporal-provisioner/${VERSION} doctor`;

export async function examineConnection(setup: ConnectionSetup): Promise<readonly Finding[]> {
  const { connection, provider, kinds } = setup;
  const area = connection.name;
  const secrets = examineSecrets(setup);
  if (secrets.level !== 'fine') {
    const says = 'not called without its secrets';
    return [secrets, ...kinds.map(({ name }): Finding => ({ area, check: name, level: 'unchecked', says }))];
  }
  const exchanges: ExchangeReport[] = [];
  const watch = { ...UNWATCHED, exchanged: (report: ExchangeReport) => void exchanges.push(report) };
  const line = openLine(connection, provider, { watch });
  try {
    const calls = await callEach(setup, line);
    return [secrets, ...calls, clockFinding(area, provider, exchanges)];
  } finally {
    await line.close();
  }
}

function examineSecrets({ connection, provider }: ConnectionSetup): Finding {
  const of = { area: connection.name, check: 'secrets' };
  try {
    const credentials = connection.readCredentials();
    for (const name of connection.secretNames) connection.readSecret(name);
    const shape = provider.credentials.safeParse(credentials);
    if (shape.success) return { ...of, level: 'fine', says: 'can be read' };
    const says = `the credentials are not what ${provider.name} signs with`;
    return {
      ...of,
      level: 'failure',
      says,
      remedy: 'compare its names with “Credentials” in docs/how-to/connections-and-secrets.md',
    };
  } catch (error) {
    // Messages of secrets name the variable or the file, never what is in it.
    const says = error instanceof Error ? error.message : 'cannot be read';
    return { ...of, level: 'failure', says, remedy: 'set it where the worker runs' };
  }
}

/** One after the other: after a refused signature no more are sent, since a cloud may lock the key. */
async function callEach({ connection, kinds }: ConnectionSetup, line: Line): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let locked = false;
  for (const kind of kinds) {
    const of = { area: connection.name, check: kind.name };
    if (locked) {
      findings.push({ ...of, level: 'unchecked', says: 'not called after the credentials were refused' });
      continue;
    }
    const error = await call(kind, line);
    if (error === undefined) findings.push({ ...of, level: 'fine', says: 'a signed list was answered' });
    else findings.push(refusalFinding(of, error));
    locked = error instanceof ProviderError && error.facts.signature === true;
  }
  return findings;
}

/** Ends a list once its first request was answered well. */
class Answered extends Error {}

async function call(kind: Kind, line: Line): Promise<unknown> {
  const cloud = line.cloud({ userAgent: USER_AGENT, urgent: true });
  const once: Cloud = {
    ...cloud,
    call: async (request) => {
      await cloud.call(request);
      throw new Answered();
    },
  };
  try {
    for await (const _sighting of kind.list(once)) break;
    return undefined;
  } catch (error) {
    return error instanceof Answered ? undefined : error;
  }
}
