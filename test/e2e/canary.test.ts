/** Secrets are told nowhere, payloads in plain. */
await import('../support/canary-run.js');

export {};
