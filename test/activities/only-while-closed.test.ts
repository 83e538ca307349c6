import { expect, test } from 'vitest';
import { onlyWhileClosed } from '../../activities/deprovision/only-while-closed.js';
import type { Chain } from '../../activities/owner/chain.js';
import { owner } from '../support/one-attempt.js';

function leave(state: Chain['state'], sendBefore = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  const fence = async () => {
    asked.push('fence');
    return { sendBefore };
  };
  const find = async () => {
    asked.push('owner');
    return { state } as Chain;
  };
  return { asked, go: onlyWhileClosed(fence, owner, find) };
}

test('what another run owns is left alone while that run is open, and the fence is not even asked', async () => {
  const { asked, go } = leave('open');
  await expect(go()).rejects.toMatchObject({ type: 'AccessDenied', nonRetryable: true });
  expect(asked).toEqual(['owner']);
});

test.each(['provisioned', 'closed', 'unknown'] as const)(
  'a request for an owner that is %s leaves within the send window of both answers',
  async (state) => {
    const before = performance.now();
    const { asked, go } = leave(state);
    const { sendBefore } = await go();
    expect(asked).toEqual(['owner', 'fence']);
    expect(sendBefore).toBeGreaterThanOrEqual(before + 5_000);
    expect(sendBefore).toBeLessThanOrEqual(performance.now() + 5_000);
    expect((await leave(state, 1).go()).sendBefore).toBe(1);
  },
);
