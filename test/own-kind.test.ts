/** A kind of a user's own is held to the contract of kinds, as `docs/how-to/write-a-kind.md` shows it. */
import { afterAll, test } from 'vitest';
import { kindContract } from '../testing/index.js';
import { LOCKERS_ON_A_PAGE, OWN_KEY, startOwnCloud } from './support/own-cloud.js';
import { acme, acmeLocker } from './support/own-kind.js';

const cloud = await startOwnCloud();
afterAll(() => cloud.close());

const cases = kindContract(acmeLocker, {
  provider: acme,
  connection: {
    provider: 'acme',
    endpoint: cloud.endpoint,
    simulator: true,
    lateCommitWindow: '2s',
    credentials: { key: () => OWN_KEY },
  },
  spec: (name) => ({ name }),
  pageSize: LOCKERS_ON_A_PAGE,
  late: (name, ms) => cloud.commitLate(name, ms),
  errors: [
    { operation: 'CreateLocker', status: 403, body: { reason: 'no' }, type: 'AccessDenied', sent: 'refused' },
    { operation: 'CreateLocker', status: 502, body: 'Bad Gateway', type: 'ServiceInternalError', sent: 'unknown' },
    { operation: 'ListLockers', status: 401, body: { reason: 'who are you' }, type: 'AccessDenied' },
    { operation: 'DeleteLocker', status: 404, body: { reason: 'no such locker' }, type: 'NotFound' },
  ],
});

for (const { title, skip, run } of cases) test(title, { skip }, run);
