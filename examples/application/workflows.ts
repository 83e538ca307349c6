import { proxyActivities } from '@temporalio/workflow';
import { definePlan, executeProvision, readCloseFailure, resource } from 'temporal-provisioner/own-workflows';
import type * as activities from './activities.js';

export * from 'temporal-provisioner/workflows';

const { register, notify, runExperiment } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 min' });

/** A plan as a child workflow: its rollback is done by the time that its failure arrives here. */
export async function onboardTenant(tenant: string): Promise<string> {
  const plan = definePlan({
    name: `tenant-${tenant}`,
    resources: {
      workspace: {
        kind: 'huawei.dataarts-fabric.workspace',
        connection: 'huawei',
        spec: { name: `${tenant}-ws` },
      },
    },
  });
  try {
    const { workspace } = await executeProvision(plan);
    await register(tenant, workspace.id);
    return workspace.id;
  } catch (error) {
    const failure = readCloseFailure(error);
    if (!failure) throw error;
    await notify(tenant, `${failure.outcome}: ${failure.cause?.type ?? 'cancelled'}`);
    return failure.outcome;
  }
}

/** One resource without a plan: made, used, and deleted whatever happens. */
export async function borrowLab(name: string): Promise<string> {
  const lab = resource('huawei.dataarts-fabric.workspace', { connection: 'huawei', step: 'lab' });
  try {
    const { id } = await lab.create({ name });
    return await runExperiment(id);
  } finally {
    await lab.delete();
  }
}
