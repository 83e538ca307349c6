/**
 * Connections to a running simulator, built from the JSON object that it prints first: what `demo`, `up` without a
 * configuration, and tests run on.
 */
import type { ConnectionConfigs } from './connections.js';
import type { ConnectionConfig } from './schema.js';

/** The simulator's first line on stdout: where it is and what each cloud accepts. */
export interface SimulatorDescription {
  readonly endpoint: string;
  readonly huawei: {
    readonly accessKey: string;
    readonly secretKey: string;
    readonly projectId: string;
    readonly instanceId: string;
    readonly userName: string;
    readonly password: string;
    readonly domainName: string;
  };
  readonly naver: { readonly accessKey: string; readonly secretKey: string; readonly accountId: string };
  readonly alibaba: { readonly accessKeyId: string; readonly accessKeySecret: string; readonly projectId: string };
}

/** The simulator commits late only when a fault says so, by less than this: a demo need not wait two minutes. */
const LATE_COMMIT_WINDOW = '2s';

/** Connections `huawei`, `naver` and `alibaba`; `settings` (limits, secrets, a window) are added to each. */
export function simulatorConnections(
  { endpoint, huawei, naver, alibaba }: SimulatorDescription,
  settings: Pick<ConnectionConfig, 'limits' | 'secrets' | 'lateCommitWindow'> = {},
): ConnectionConfigs {
  const common = { endpoint, simulator: true, lateCommitWindow: LATE_COMMIT_WINDOW, ...settings };
  return {
    huawei: {
      ...common,
      provider: 'huawei',
      scope: { projectId: huawei.projectId, instanceId: huawei.instanceId },
      credentials: { accessKey: () => huawei.accessKey, secretKey: () => huawei.secretKey },
    },
    naver: {
      ...common,
      provider: 'naver',
      scope: { accountId: naver.accountId },
      credentials: { accessKey: () => naver.accessKey, secretKey: () => naver.secretKey },
    },
    alibaba: {
      ...common,
      provider: 'alibaba',
      scope: { projectId: alibaba.projectId },
      credentials: { accessKeyId: () => alibaba.accessKeyId, accessKeySecret: () => alibaba.accessKeySecret },
    },
  };
}
