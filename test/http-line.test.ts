/** The order of things on a line: breaker, limiter, authentication, fence, wire; and who may end what. */
import { expect, test } from 'vitest';
import type { AuthContext, CloudAnswer, Provider } from '../activities/cloud.js';
import type { Caller } from '../activities/connection.js';
import { ProviderError } from '../activities/provider-error.js';
import { change, create, factsOf, lineTo, read, reply, serve, someone, thrownBy } from './support/wire-server.js';

const soon = () => ({ sendBefore: performance.now() + 5_000 });

test('a create asks the fence after limiter and signature, right before it leaves', async () => {
  const events: string[] = [];
  const { endpoint } = await serve((_, response) => {
    events.push('arrived');
    reply(response, 200, {});
  });
  const authenticate = () => {
    events.push('signed');
    return {};
  };
  const beforeCreate = async () => {
    events.push('fence');
    return soon();
  };
  const cloud = lineTo({ endpoint, provider: { authenticate } }).cloud({ ...someone, beforeCreate });
  await cloud.call(create);
  await cloud.call(read);
  await cloud.call(change);
  expect(events).toEqual(['signed', 'fence', 'arrived', 'signed', 'arrived', 'signed', 'arrived']);
});

test('a change asks a fence of its own, and no other request does: what takes its own doings back needs none', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    reply(response, 200, {});
  });
  let asked = 0;
  const beforeChange = async () => ({ sendBefore: performance.now() + (++asked === 1 ? 0 : 5_000) });
  const cloud = lineTo({ endpoint }).cloud({ ...someone, beforeChange });
  await cloud.call(create);
  await cloud.call(read);
  await cloud.call({ ...change, effect: 'withdraws' });
  expect([asked, arrived]).toEqual([0, 3]);
  // The first leave ran out before the request could leave.
  await cloud.call(change);
  expect([asked, arrived]).toEqual([2, 4]);
  const no = new Error('its owner is open again');
  const refused = lineTo({ endpoint }).cloud({ ...someone, beforeChange: () => Promise.reject(no) });
  expect(await thrownBy(refused.call(change))).toBe(no);
  expect(arrived).toBe(4);
});

test('a create whose send window has passed asks the fence again and then gives up unsent', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    reply(response, 200, {});
  });
  const line = lineTo({ endpoint });
  let asked = 0;
  const late = async () => ({ sendBefore: performance.now() + (++asked === 1 ? 0 : 5_000) });
  await line.cloud({ ...someone, beforeCreate: late }).call(create);
  expect([asked, arrived]).toEqual([2, 1]);
  const never = async () => ({ sendBefore: performance.now() });
  const facts = await factsOf(line.cloud({ ...someone, beforeCreate: never }).call(create));
  expect(facts).toMatchObject({ type: 'NetworkFailure', sent: 'never', retryable: true });
  expect(arrived).toBe(1);
});

test('a fence that says no is rethrown as it is and nothing is sent', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    reply(response, 200, {});
  });
  const no = new Error('given up by the server');
  const beforeCreate = () => Promise.reject(no);
  expect(
    await thrownBy(
      lineTo({ endpoint })
        .cloud({ ...someone, beforeCreate })
        .call(create),
    ),
  ).toBe(no);
  expect(arrived).toBe(0);
});

test('a cancel ends a read on the wire with its own reason', async () => {
  const cancel = new AbortController();
  const reason = new Error('cancelled');
  const { endpoint } = await serve(() => cancel.abort(reason));
  const cloud = lineTo({ endpoint }).cloud({ ...someone, signal: cancel.signal });
  expect(await thrownBy(cloud.call(read))).toBe(reason);
});

test.each([create, change])('a cancel while a $effect request is on the wire waits for its answer', async (request) => {
  const cancel = new AbortController();
  const { endpoint } = await serve((_, response) => {
    cancel.abort(new Error('cancelled'));
    setTimeout(() => reply(response, 200, { id: 'made' }), 50);
  });
  const cloud = lineTo({ endpoint }).cloud({ ...someone, signal: cancel.signal });
  expect((await cloud.call(request)).body).toEqual({ id: 'made' });
});

test('a cancel during the fence keeps the create from being sent', async () => {
  const cancel = new AbortController();
  const reason = new Error('cancelled');
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    reply(response, 200, {});
  });
  const beforeCreate = async () => {
    cancel.abort(reason);
    return soon();
  };
  const cloud = lineTo({ endpoint }).cloud({ ...someone, beforeCreate, signal: cancel.signal });
  expect(await thrownBy(cloud.call(create))).toBe(reason);
  expect(arrived).toBe(0);
});

test('a cancel ends the wait for the limiter', async () => {
  const { endpoint } = await serve((_, response) => reply(response, 200, {}));
  const line = lineTo({ endpoint, connection: { limits: { workers: 1, requestsPerMinute: 1 } } });
  await line.cloud(someone).call(read);
  const cancel = new AbortController();
  const waiting = line.cloud({ ...someone, signal: cancel.signal }).call(create);
  const reason = new Error('cancelled');
  cancel.abort(reason);
  expect(await thrownBy(waiting)).toBe(reason);
});

test('credentials that cannot be read are a configuration error that nothing was sent for', async () => {
  const readCredentials = () => {
    throw new Error('The variable HUAWEI_AK is not set');
  };
  const error = await thrownBy(
    lineTo({ endpoint: 'http://127.0.0.1:1', connection: { readCredentials } }).cloud(someone).call(create),
  );
  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({
    message: expect.stringContaining('HUAWEI_AK'),
    facts: { type: 'Misconfigured', sent: 'never' },
  });
});

test('an error keeps status, request id and hint, and a read has sent nothing', async () => {
  const { endpoint } = await serve((_, response) =>
    reply(response, 429, { code: 'Throttling', RequestId: 'r-9' }, { 'retry-after': '2' }),
  );
  const cloud = lineTo({ endpoint }).cloud(someone);
  expect(await factsOf(cloud.call(create))).toMatchObject({
    status: 429,
    requestId: 'r-9',
    retryAfterMs: 2_000,
    sent: 'refused',
  });
  expect(await factsOf(cloud.call(read))).toMatchObject({ sent: 'never' });
});

test('a 429 makes the whole line slower for a minute', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) =>
    reply(response, ++arrived === 1 ? 429 : 200, { code: 'Throttling' }),
  );
  const line = lineTo({ endpoint, connection: { limits: { workers: 1, requestsPerMinute: 4 } } });
  await factsOf(line.cloud(someone).call(read));
  await line.cloud(someone).call(read);
  const cancel = new AbortController();
  const third = line.cloud({ ...someone, signal: cancel.signal }).call(read);
  // Two of four have gone: the third would leave at once if the share were whole.
  await new Promise((resolve) => setTimeout(resolve, 100));
  cancel.abort(new Error('still waiting'));
  expect(((await thrownBy(third)) as Error).message).toBe('still waiting');
  expect(arrived).toBe(2);
});

test('a message never holds what the connection keeps secret, even where the cloud echoes it', async () => {
  const text = 'bad "value" hdfs-secret with the-secret-key and\nsigned-by-the-test';
  const { endpoint } = await serve((_, response) => reply(response, 400, { code: 'Bad', text }));
  const connection = {
    secretNames: ['hdfs', 'gone'],
    readSecret: (name: string) => (name === 'hdfs' ? 'hdfs-secret' : fail()),
  };
  const error = await thrownBy(lineTo({ endpoint, connection }).cloud(someone).call(create));
  expect((error as Error).message).toBe("bad 'value' *** with *** and ***");
});

function fail(): never {
  throw new Error('no such secret');
}

test('an error status that a provider lets through is no success', async () => {
  const { endpoint } = await serve((_, response) => reply(response, 500, {}));
  const line = lineTo({ endpoint, provider: { classify: () => undefined } });
  expect(await factsOf(line.cloud(someone).call(create))).toMatchObject({
    type: 'ServiceInternalError',
    sent: 'unknown',
  });
});

/** Two credentials are refused in a row; the line then pauses. */
async function openBreaker() {
  let arrived = 0;
  let accept = false;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    if (accept) reply(response, 200, {});
    else reply(response, 401, { code: 'Signature' });
  });
  const cloud = lineTo({ endpoint }).cloud(someone);
  await thrownBy(cloud.call(read));
  await thrownBy(cloud.call(read));
  return {
    cloud,
    arrived: () => arrived,
    acceptNow: () => {
      accept = true;
    },
  };
}

test('two signature failures in a row pause the connection before the cloud locks the key', async () => {
  const { cloud, arrived } = await openBreaker();
  const error = await thrownBy(cloud.call(create));
  expect(error).toMatchObject({ facts: { type: 'AccessDenied', retryable: false, sent: 'never' } });
  expect((error as Error).message).toMatch(/^Connection here is paused until \d{4}-.*Correct them\.$/);
  expect((error as Error).message.length).toBeLessThanOrEqual(180);
  expect(arrived()).toBe(2);
});

test('many callers at once with a wrong key send no more than two requests', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    setTimeout(() => reply(response, 401, { code: 'Signature' }), 10);
  });
  const cloud = lineTo({ endpoint }).cloud(someone);
  const all = await Promise.all(Array.from({ length: 20 }, () => factsOf(cloud.call(read))));
  expect(all.every(({ type }) => type === 'AccessDenied')).toBe(true);
  expect(arrived).toBe(2);
});

test('an accepted request between two signature failures starts the count again', async () => {
  const codes = [401, 200, 401, 200, 401];
  const { endpoint } = await serve((_, response) => reply(response, codes.shift() ?? 200, { code: 'Signature' }));
  const cloud = lineTo({ endpoint }).cloud(someone);
  const results = [];
  for (let i = 0; i < 6; i++)
    results.push(
      await cloud.call(read).then(
        () => 'ok',
        () => 'refused',
      ),
    );
  expect(results).toEqual(['refused', 'ok', 'refused', 'ok', 'refused', 'ok']);
});

test('look-ups that arrive while one is under way share the next one', async () => {
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    arrived += 1;
    const n = arrived;
    setTimeout(() => reply(response, 200, { n }), 30);
  });
  const line = lineTo({ endpoint });
  const look = () => {
    const cloud = line.cloud(someone);
    return cloud.shared('list', async () => ((await cloud.call(read)).body as { n: number }).n);
  };
  const first = look();
  const later = [look(), look(), look()];
  expect([await first, ...(await Promise.all(later))]).toEqual([1, 2, 2, 2]);
  expect(await look()).toBe(3);
});

test('a cancelled caller does not take the shared look-up from the others', async () => {
  const cancel = new AbortController();
  const reason = new Error('cancelled');
  let arrived = 0;
  const { endpoint } = await serve((_, response) => {
    // The second look-up is made as the urgent caller, whose cancel comes while it is under way.
    if (++arrived === 2) cancel.abort(reason);
    else setTimeout(() => reply(response, 200, {}), 30);
  });
  const line = lineTo({ endpoint });
  const look = (caller: Caller) => {
    const cloud = line.cloud(caller);
    return cloud.shared('list', async () => (await cloud.call(read)).status);
  };
  const first = look(someone);
  const other = look(someone);
  const driver = thrownBy(look({ ...someone, urgent: true, signal: cancel.signal }));
  expect([await first, await driver, await other, arrived]).toEqual([200, reason, 200, 3]);
});

test('an error of a shared look-up reaches all who share it, and not those after', async () => {
  const statuses = [200, 400, 200];
  const { endpoint } = await serve(
    (_, response) => void setTimeout(() => reply(response, statuses.shift() ?? 200, { code: 'Bad' }), 20),
  );
  const cloud = lineTo({ endpoint }).cloud(someone);
  const look = () => cloud.shared('list', async () => (await cloud.call(read)).status);
  const first = look();
  const [a, b] = [factsOf(look()), factsOf(look())];
  expect(await first).toBe(200);
  expect([(await a).type, (await b).type]).toEqual(['InvalidRequest', 'InvalidRequest']);
  expect(await look()).toBe(200);
});

/** A provider with a session: the first request fetches it, `Expired` drops it. */
function sessions(): Partial<Provider> {
  const authenticate = async (_: unknown, { cache, send }: AuthContext) => {
    const login = () => send({ ...read, operation: 'Login', path: '/login' });
    const answer = (cache.get('session') as Promise<CloudAnswer> | undefined) ?? login();
    cache.set('session', answer);
    return { authorization: String((await answer).headers['x-session']) };
  };
  return { authenticate };
}

test('a session is fetched once, on the permit of the request that needs it', async () => {
  const seen: string[] = [];
  const { endpoint } = await serve((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? '-'}`);
    reply(response, 200, {}, { 'x-session': 's1' });
  });
  const limits = { workers: 1, concurrency: 1 };
  const cloud = lineTo({ endpoint, provider: sessions(), connection: { limits } }).cloud(someone);
  await Promise.all([cloud.call(read), cloud.call(read)]);
  expect(seen).toEqual(['/login -', '/thing s1', '/thing s1']);
});

test('a session that ran out is renewed and the create sent once more through the fence', async () => {
  let sessionsMade = 0;
  let made = 0;
  const { endpoint } = await serve((request, response) => {
    if (request.url === '/login') return reply(response, 200, {}, { 'x-session': `s${++sessionsMade}` });
    if (request.headers.authorization !== 's2') return reply(response, 401, { code: 'Expired' });
    made += 1;
    return reply(response, 200, {});
  });
  let fences = 0;
  const beforeCreate = async () => {
    fences += 1;
    return soon();
  };
  const cloud = lineTo({ endpoint, provider: sessions() }).cloud({ ...someone, beforeCreate });
  await cloud.call(create);
  expect({ sessionsMade, made, fences }).toEqual({ sessionsMade: 2, made: 1, fences: 2 });
});

test('a session that is refused after its renewal too is an error, not a loop', async () => {
  let arrived = 0;
  const { endpoint } = await serve((request, response) => {
    if (request.url === '/login') return reply(response, 200, {}, { 'x-session': 's' });
    arrived += 1;
    return reply(response, 401, { code: 'Expired' });
  });
  const cloud = lineTo({ endpoint, provider: sessions() }).cloud(someone);
  expect(await factsOf(cloud.call(create))).toMatchObject({ type: 'AccessDenied', sent: 'refused' });
  expect(arrived).toBe(2);
});

test('a caller that is cancelled while a session is fetched leaves it to the others', async () => {
  const cancel = new AbortController();
  let logins = 0;
  const { endpoint } = await serve((request, response) => {
    if (request.url !== '/login') return reply(response, 200, {});
    logins += 1;
    cancel.abort(new Error('cancelled'));
    setTimeout(() => reply(response, 200, {}, { 'x-session': 's' }), 30);
  });
  const line = lineTo({ endpoint, provider: sessions() });
  const cancelled = thrownBy(line.cloud({ ...someone, signal: cancel.signal }).call(read));
  const other = line.cloud(someone).call(read);
  expect(((await cancelled) as Error).message).toBe('cancelled');
  expect((await other).status).toBe(200);
  expect(logins).toBe(1);
});
