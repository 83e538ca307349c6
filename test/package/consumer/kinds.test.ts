/** A stranger's test of a kind, on Node's own runner, as the documentation of `kindContract` has it. */
import { after, test } from 'node:test';
import { BUILT_IN_KINDS } from 'temporal-provisioner';
import { kindContract, simulatorConnections, startSimulator } from 'temporal-provisioner/testing';

const simulator = await startSimulator();
const { huawei } = simulatorConnections({ endpoint: simulator.endpoint, ...simulator.credentials });
const kind = BUILT_IN_KINDS.find(({ name }) => name === 'huawei.dataarts-fabric.workspace');
if (!kind || !huawei) throw new Error('the package must bring the kind and a connection to its cloud');

for (const { title, skip, run } of kindContract(kind, { connection: huawei, spec: (name) => ({ name }) }))
  void test(title, { skip }, run);

after(() => simulator.close());
