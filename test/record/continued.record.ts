import { afterAll, beforeAll } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { useRig } from '../support/rig.js';
import { CONTINUED } from './continued.js';
import { OWNED_LONG } from './owned.js';
import { record } from './record.js';

let server: EmbeddedServer;

beforeAll(async () => {
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=14'];
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs });
});
afterAll(() => server.stop());

record(useRig({ taskQueue: 'histories', address: () => server.address }), [...CONTINUED, ...OWNED_LONG]);
