/** Secrets are told nowhere, not even to who has the key, and plans to nobody else. */
import { randomBytes } from 'node:crypto';

process.env.CANARY_PAYLOAD_KEY = randomBytes(32).toString('hex');
await import('../support/canary-run.js');
