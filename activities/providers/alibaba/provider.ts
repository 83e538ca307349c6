/** Alibaba Cloud DataWorks as a provider: RPC style, everything at `/`, action and version in headers, signature V3. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Provider } from '../../cloud.js';
import { API_VERSION } from './actions.js';
import { classifyAlibaba } from './errors.js';
import { ALIBABA_LIMITS } from './limits.js';
import { alibabaHeaders } from './signing.js';

const credentials = z.strictObject({
  accessKeyId: z.string().min(1),
  accessKeySecret: z.string().min(1),
  securityToken: z.string().min(1).optional(),
});

export const alibaba: Provider = {
  name: 'alibaba',
  // Some regions answer at the central host or inside a VPC only ("Use DataWorks OpenAPI"): those set `endpoint`.
  services: { dataworks: (region) => `https://dataworks.${region}.aliyuncs.com` },
  credentials,
  scopeKeys: ['projectId'],
  limits: ALIBABA_LIMITS,
  // `InvalidTimeStamp.Expired`: more than 15 minutes off.
  clockToleranceMs: 15 * 60_000,
  authenticate({ method, url, headers, body }, context) {
    const { accessKeyId = '', accessKeySecret = '', securityToken } = context.credentials;
    return alibabaHeaders({
      method,
      url,
      headers,
      body,
      action: context.request.operation,
      version: API_VERSION,
      date: new Date(context.now).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      nonce: randomUUID(),
      accessKeyId,
      accessKeySecret,
      ...(securityToken !== undefined && { securityToken }),
    });
  },
  classify: classifyAlibaba,
};
