/**
 * The clouds' official Python SDKs against the simulator. Runs only where PROVISIONER_PYTHON_SDKS names a python that has
 * them: they are no dependency of ours. See simulator/python_sdks.py for the packages.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/start.js';

const python = process.env.PROVISIONER_PYTHON_SDKS;
const script = fileURLToPath(new URL('simulator/python_sdks.py', import.meta.url));

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

describe.skipIf(python === undefined)('the official Python SDKs', () => {
  it('create, list and delete on every cloud and leave nothing behind', async () => {
    const run = promisify(execFile)(python ?? '', [script, JSON.stringify(simulator.description)]);
    const seen: unknown = JSON.parse((await run).stdout.trim().split('\n').at(-1) ?? '');
    expect(seen).toEqual({
      studio: { description: 'größe & 大小 (100%)', deleted: true },
      fabric: { ids: [true], requestId: true, again: 'dataartsfabric.00010003' },
      iam: { token: true, project: true },
      wrongKey: { status: 401, code: 'APIG.0301' },
      workflow: { listed: [true], description: "*+ ~'größe", pipeline: 'Success', published: true },
      project: { listed: [true], total: 1 },
    });
    expect(simulator.state().resources).toEqual([]);
  }, 60_000);
});
