// Beside it the module brings zod and node:crypto, neither of which a bundle of workflows may hold.
import { workflowIdOf } from 'temporal-provisioner/contract';
import { definePlan, executeProvision } from 'temporal-provisioner/own-workflows';

export * from 'temporal-provisioner/workflows';

export async function team(name: string): Promise<readonly string[]> {
  const plan = definePlan({
    name,
    resources: {
      ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: `${name}-ws` } },
    },
  });
  const { ws } = await executeProvision(plan);
  return [workflowIdOf(name), ws.id];
}
