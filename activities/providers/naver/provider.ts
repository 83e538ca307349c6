/** NAVER Cloud Data Forest as a provider: one host for all of Korea, JSON over POST, signature version 2. */
import { z } from 'zod';
import type { Provider } from '../../cloud.js';
import { classifyNaver } from './errors.js';
import { NAVER_LIMITS } from './limits.js';
import { naverHeaders } from './signing.js';

const credentials = z.strictObject({ accessKey: z.string().min(1), secretKey: z.string().min(1) });

export const naver: Provider = {
  name: 'naver',
  // One host whatever the region: the service is offered in Korea only (Data Forest overview, api.ncloud-docs.com).
  services: { 'data-forest': () => 'https://df.apigw.ntruss.com' },
  credentials,
  scopeKeys: ['accountId'],
  limits: NAVER_LIMITS,
  // NAVER Cloud API overview: five minutes from the gateway’s clock.
  clockToleranceMs: 5 * 60_000,
  authenticate(request, context) {
    const { accessKey = '', secretKey = '' } = context.credentials;
    const target = `${request.url.pathname}${request.url.search}`;
    return naverHeaders({ method: request.method, target, timestamp: context.now, accessKey, secretKey });
  },
  classify: classifyNaver,
};
