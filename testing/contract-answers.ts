/**
 * Documented errors, each over a real socket: the one operation is answered as documented, every other call goes to the
 * cloud itself, so that what the kind makes of the failure is seen as well.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cloud, CloudRequest } from '../activities/cloud.js';
import { openLine } from '../activities/http/line.js';
import type { Sighting } from '../activities/kind.js';
import { ProviderError } from '../activities/provider-error.js';
import type { FailureType } from '../contract/failures.js';
import { CALLER, Stage, type StageOptions, words } from './contract-stage.js';

/** An answer that the cloud documents, and what the provider's `classify` is to make of it. */
export interface DocumentedError {
  /** As in `CloudRequest.operation`; one that create, find, list, observe or delete of the kind calls. */
  readonly operation: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a string as it is. */
  readonly body: unknown;
  readonly type: FailureType;
  /** Whether the same call may work later by itself. Left out: not checked. */
  readonly retryable?: boolean;
  /** What a create that is answered so may have done. Left out: not checked. */
  readonly sent?: 'refused' | 'unknown';
  /** Told in the title. */
  readonly reason?: string;
}

/** A call that got the documented answer, and what became of it. */
interface Met {
  readonly request: CloudRequest;
  readonly error: unknown;
}

export async function checkAnswer(options: StageOptions, wanted: DocumentedError): Promise<void> {
  const server = await answering(wanted);
  const stage = new Stage(options);
  const line = openLine({ ...options.connection, endpoint: server.endpoint }, options.provider);
  const met: Met[] = [];
  const call = async (request: CloudRequest) => {
    if (request.operation !== wanted.operation) return stage.cloud.call(request);
    const answer = line.cloud(CALLER).call(request);
    met.push({ request, error: await answer.catch((error: unknown) => error) });
    return answer;
  };
  try {
    const became = await untilMet(stage, { ...stage.cloud, call }, met);
    judge(wanted, met[0], became);
  } finally {
    await Promise.all([stage.close(), line.close(), server.close()]);
  }
}

/** Goes through a resource's life until a call of the operation was answered; what the kind made of that. */
async function untilMet(stage: Stage, cloud: Cloud, met: readonly Met[]): Promise<unknown> {
  const { kind } = stage;
  const first = stage.wanted();
  const creation = await outcomeOf(() => kind.create(cloud, stage.prepared(first)));
  if (met.length > 0) return creation;
  const { spec: given, id } = await stage.make();
  const spec = stage.whole(given);
  const [shown] = (await stage.find(given, id)).filter((sighting) => sighting.id === id);
  assert.ok(shown, 'find: must show the created resource');
  const calls: readonly (() => Promise<unknown>)[] = [
    () => kind.find(cloud, { spec, id }),
    () => all(kind.list(cloud)),
    async () => kind.observe?.(cloud, shown, spec),
    () => kind.delete(cloud, shown, spec),
  ];
  for (const next of calls) {
    const outcome = await outcomeOf(next);
    if (met.length > 0) return outcome;
  }
  return undefined;
}

function judge({ operation, type, retryable, sent }: DocumentedError, met: Met | undefined, became: unknown): void {
  assert.ok(met, `${operation}: must be an operation that create, find, list, observe or delete of the kind calls`);
  const { error, request } = met;
  assert.ok(
    error instanceof ProviderError,
    `${operation}: must be classified as ${type}, and was not (${words(error)})`,
  );
  const { facts } = error;
  assert.equal(facts.type, type, `${operation}: must be classified as ${type}, not as ${facts.type}`);
  if (retryable !== undefined) {
    assert.equal(facts.retryable, retryable, `${operation}: must ${retryable ? '' : 'not '}be worth another try`);
  }
  if (sent !== undefined && request.effect === 'creates') {
    assert.equal(
      facts.sent,
      sent,
      `${operation}: a create that is answered so counts as ${sent}, not as ${facts.sent}`,
    );
  }
  // A look-up may find nothing; any other failure that passes for an answer would prove an absence that nobody stated.
  if (facts.type === 'NotFound' && request.effect === 'none') return;
  assert.ok(became instanceof ProviderError, `${operation}: the kind must throw the ProviderError on, not answer`);
}

async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  return call().catch((error: unknown) => error);
}

async function all(list: AsyncIterable<Sighting>): Promise<readonly Sighting[]> {
  const sightings: Sighting[] = [];
  for await (const sighting of list) sightings.push(sighting);
  return sightings;
}

/** A server on this machine that answers everything as documented. */
async function answering({ status, headers, body }: DocumentedError) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
