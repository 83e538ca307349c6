import { holdToContract } from '../support/hold-to-contract.js';

await holdToContract('huawei.dataarts-studio.workspace');
