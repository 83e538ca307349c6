import { definePlan, type ProvisionerClient, ProvisionFailedError } from 'temporal-provisioner/client';

/** Answers with the workspace's id as soon as there is one; the rest of the plan goes on. */
export async function earlyWorkspace(provisioner: ProvisionerClient, team: string): Promise<string> {
  const plan = definePlan({
    name: `team-${team}`,
    resources: {
      workspace: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: `${team}-ws` } },
      training: {
        kind: 'naver.data-forest.ai-workspace',
        connection: 'naver',
        dependsOn: ['workspace'],
        spec: { name: team, configuration: { docker: { image: 'tensorflow:r2.3.1-py3', command: 'ls' } } },
      },
    },
  });
  const { outputs, handle } = await provisioner.provisionAndWaitForStep(plan, 'workspace');
  // The plan may still fail, and then the workspace is deleted again.
  handle.result().catch((error: unknown) => explain(error));
  return outputs.id;
}

/** What a service logs, or tells its caller. */
export function explain(error: unknown): string {
  if (!(error instanceof ProvisionFailedError)) throw error;
  const { outcome, facts, ledger, problems } = error;
  const left = Object.entries(ledger?.steps ?? {}).filter(([, { state }]) => state === 'kept' || state === 'abandoned');
  const reasons = problems.map(({ path, message }) => `${path}: ${message}`);
  const cause = facts ? [`${facts.type} from ${facts.provider}, request ${facts.requestId ?? 'unknown'}`] : [];
  const leftovers = left.map(([step, { state, id }]) => `${step} is ${state}: ${id}`);
  return [outcome, ...cause, ...reasons, ...leftovers].join('; ');
}
