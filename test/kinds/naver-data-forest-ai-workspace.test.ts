import { holdToContract } from '../support/hold-to-contract.js';

await holdToContract('naver.data-forest.ai-workspace');
