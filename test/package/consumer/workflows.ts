import { definePlan, executeProvision } from 'temporal-provisioner/own-workflows';

export * from 'temporal-provisioner/workflows';

export async function team(name: string): Promise<string> {
  const plan = definePlan({
    name,
    resources: {
      ws: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: `${name}-ws` } },
    },
  });
  const { ws } = await executeProvision(plan);
  return ws.id;
}
