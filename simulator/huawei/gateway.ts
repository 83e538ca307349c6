/**
 * Huawei's API gateway: who calls (signature, temporary key or IAM token), the lock of a key after repeated signature
 * failures, and the gateway's own error body. Sources: API Gateway "Error Codes", IAM "Obtaining a User Token".
 */
import { randomBytes } from 'node:crypto';
import { type Answer, headerOf, type RawRequest } from '../http.js';
import type { Refusal, Service } from '../operation.js';
import type { World } from '../world.js';
import { readClaim, signatureHolds } from './signature.js';

const CLOCK_TOLERANCE_MS = 15 * 60 * 1000;

export interface Token {
  readonly value: string;
  /** Undefined: the token has the domain's scope and opens no project. */
  readonly projectId: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** `{error_code, error_msg, request_id}`; `code` is the bare number. */
export function gatewayRefusal(world: World, status: number, code: string, message: string): Refusal {
  return { status, code: `${world.settings.huaweiGatewayPrefix}.${code}`, message };
}

export function gatewayBody(refusal: Refusal, requestId: string): Answer['body'] {
  return { error_code: refusal.code, error_msg: refusal.message, request_id: requestId };
}

export class HuaweiGateway {
  private readonly tokens = new Map<string, Token>();
  private failures = 0;
  private lockedUntil = 0;

  constructor(private readonly world: World) {}

  issueToken(projectId: string | undefined): Token {
    const now = this.world.now();
    const token: Token = {
      value: `MIIS${randomBytes(192).toString('base64url')}`,
      projectId,
      issuedAt: now,
      expiresAt: now + this.world.settings.huaweiTokenLifetimeMs,
    };
    this.tokens.set(token.value, token);
    return token;
  }

  /** The reason why the caller is not who they say, or undefined. `projectId` is the one in the path, if the path has one. */
  refusal(request: RawRequest, service: Service, projectId: string | undefined): Refusal | undefined {
    const authorization = headerOf(request, 'authorization');
    const token = headerOf(request, 'x-auth-token');
    if (authorization !== undefined) {
      return this.signatureRefusal(request) ?? this.projectRefusal(request, service, projectId);
    }
    if (token !== undefined) return this.tokenRefusal(token, service, projectId);
    return this.no(401, '0301', 'Incorrect IAM authentication information: x-auth-token not found');
  }

  private no(status: number, code: string, message: string): Refusal {
    return gatewayRefusal(this.world, status, code, message);
  }

  private signatureRefusal(request: RawRequest): Refusal | undefined {
    const { accessKey, secretKey, securityToken } = this.world.credentials.huawei;
    const now = this.world.now();
    const claim = readClaim(request);
    const prefix = 'Incorrect IAM authentication information';
    if (!claim)
      return this.no(401, '0301', `${prefix}: verify aksk signature fail, malformed authorization or x-sdk-date`);
    if (claim.accessKey !== accessKey) return this.no(401, '0301', `${prefix}: Get secretKey failed, ak not exist`);
    if (now < this.lockedUntil) {
      return this.no(401, '0301', `${prefix}: AK access failed to reach the limit,forbidden`);
    }
    if (Math.abs(now - claim.signedAt) > CLOCK_TOLERANCE_MS) {
      return this.no(401, '0303', 'Incorrect app authentication information: signature expired');
    }
    if (!signatureHolds(request, claim, secretKey)) {
      this.failures += 1;
      if (this.failures > this.world.settings.huaweiLockAfter)
        this.lockedUntil = now + this.world.settings.huaweiLockMs;
      return this.no(401, '0301', `${prefix}: verify aksk signature fail`);
    }
    this.failures = 0;
    if (headerOf(request, 'x-security-token') === securityToken) return undefined;
    return this.no(401, '0301', `${prefix}: the security token does not belong to the temporary access key`);
  }

  private projectRefusal(request: RawRequest, service: Service, projectId: string | undefined): Refusal | undefined {
    const own = this.world.credentials.huawei.projectId;
    const named = headerOf(request, 'x-project-id');
    if (service === 'dataarts-fabric' && named === undefined) {
      // Fabric's paths hold no project, so with AK/SK it travels only in this header.
      return { status: 400, code: 'common.01000001', message: 'failed to read http request, X-Project-Id is missing' };
    }
    const strange = [named, projectId].some((given) => given !== undefined && given !== own);
    return strange ? this.no(403, '0302', 'The IAM user is not authorized to access the API') : undefined;
  }

  private tokenRefusal(value: string, service: Service, projectId: string | undefined): Refusal | undefined {
    const token = this.tokens.get(value);
    if (!token) {
      return service === 'dataarts-fabric'
        ? this.no(401, '1002', 'Incorrect token or token resolution failed')
        : this.no(401, '0301', 'Incorrect IAM authentication information: decrypt token fail');
    }
    if (token.expiresAt <= this.world.now()) return this.no(401, '0307', 'The token must be updated.');
    const inScope = token.projectId !== undefined && (projectId === undefined || projectId === token.projectId);
    return inScope || service === 'iam' ? undefined : this.no(403, '0302', 'The token is not scoped to the project');
  }
}
