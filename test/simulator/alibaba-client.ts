/** Alibaba Cloud's own Node core as a client of the simulator: an independent signer and parser over a real socket. */
import { createRequire } from 'node:module';
import type { Simulator } from '../../simulator/start.js';

// CommonJS whose default export Node and vitest see differently; `require` sees it one way.
const { default: Client, $OpenApiUtil } = createRequire(import.meta.url)(
  '@alicloud/openapi-core',
) as typeof import('@alicloud/openapi-core');

type Runtime = Parameters<InstanceType<typeof Client>['callApi']>[2];

const READS = ['GetWorkflowDefinition', 'ListWorkflowDefinitions', 'GetPipelineRun', 'GetProject'];

export type AlibabaCredentials = Simulator['credentials']['alibaba'];

export class AlibabaClient {
  private readonly client;

  constructor(endpoint: string, credentials: AlibabaCredentials) {
    const { accessKeyId, accessKeySecret, securityToken } = credentials;
    const config = new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      ...(securityToken !== undefined && { securityToken }),
      endpoint: endpoint.replace('http://', ''),
      protocol: 'http',
    });
    this.client = new Client(config);
  }

  /** Reads send their parameters in the query, everything else in a form, as the official SDKs do. */
  async call(action: string, parameters: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const reads = READS.includes(action);
    const params = new $OpenApiUtil.Params({
      action,
      version: '2024-05-18',
      protocol: 'HTTP',
      pathname: '/',
      method: reads ? 'GET' : 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest(reads ? { query: parameters } : { body: parameters });
    const { body } = await this.client.callApi(params, request, {} as Runtime);
    return body as Record<string, unknown>;
  }
}

/** The smallest FlowSpec that DataWorks takes. */
export function flowSpec(name: string, workflow: object = {}, document: object = {}): string {
  const first = { name, script: { path: `folder/${name}`, runtime: { command: 'WORKFLOW' } }, ...workflow };
  return JSON.stringify({ version: '2.0.0', kind: 'CycleWorkflow', spec: { workflows: [first] }, ...document });
}
