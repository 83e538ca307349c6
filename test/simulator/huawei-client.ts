/** Huawei Cloud's own Node core as a client of the simulator: an independent signer and parser over a real socket. */
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js';
import type { LogLevel } from '@huaweicloud/huaweicloud-sdk-core/logger/index.js';
import type { Simulator } from '../../simulator/start.js';

/** The core logs each failed request; its logger knows OFF, its types do not. */
const SILENT = 'OFF' as LogLevel;

export interface HuaweiCall {
  readonly method: string;
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly data?: object;
}

export type HuaweiCredentials = Simulator['credentials']['huawei'];

export class HuaweiClient {
  private readonly client: HcClient;

  constructor(
    endpoint: string,
    private readonly credentials: HuaweiCredentials,
  ) {
    const { accessKey: ak, secretKey: sk, projectId, securityToken } = credentials;
    const own = new BasicCredentials({ ak, sk, projectId, ...(securityToken !== undefined && { securityToken }) });
    this.client = new HcClient(new DefaultHttpClient({ logLevel: SILENT }, [endpoint]), {})
      .withEndpoints([endpoint])
      .withCredential(own);
  }

  /** `{project_id}` and `{instance_id}` are filled in. */
  async call({ method, url, query = {}, data }: HuaweiCall): Promise<Record<string, unknown>> {
    const answer = await this.client.sendRequest({
      method,
      url,
      pathParams: { instance_id: this.credentials.instanceId },
      queryParams: query,
      headers: {},
      contentType: 'application/json',
      ...(data && { data }),
    });
    return { ...answer };
  }
}

const STUDIO = '/v1/{project_id}/workspaces/{instance_id}';

export const studio = {
  create: (name: string, more: object = {}): HuaweiCall => ({
    method: 'POST',
    url: STUDIO,
    data: { name, eps_id: '0', ...more },
  }),
  list: (limit: number, offset: number): HuaweiCall => ({ method: 'GET', url: STUDIO, query: { limit, offset } }),
  show: (id: string): HuaweiCall => ({ method: 'GET', url: `${STUDIO}/${id}` }),
  remove: (...ids: readonly string[]): HuaweiCall => ({
    method: 'POST',
    url: '/v1/{project_id}/{instance_id}/workspaces/batch-delete',
    data: { workspace_ids: ids },
  }),
} as const;

export const fabric = {
  create: (name: string, more: object = {}): HuaweiCall => ({
    method: 'POST',
    url: '/v1/workspaces',
    data: { name, ...more },
  }),
  list: (query: Readonly<Record<string, string | number>>): HuaweiCall => ({
    method: 'GET',
    url: '/v1/workspaces',
    query: { enterprise_project_id: 'all_granted_eps', ...query },
  }),
  update: (id: string, data: object): HuaweiCall => ({ method: 'PUT', url: `/v1/workspaces/${id}`, data }),
  remove: (id: string): HuaweiCall => ({ method: 'DELETE', url: `/v1/workspaces/${id}` }),
} as const;
