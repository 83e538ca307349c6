import { holdToContract } from '../support/hold-to-contract.js';

await holdToContract('alibaba.dataworks.workflow');
