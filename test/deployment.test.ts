/** Which release a worker says it is: from variables, the file, or both; and what is wrong with half of one. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigProblems } from '../contract/config-problems.js';
import { fileSchema } from '../worker/config/schema.js';
import { chooseDeployment } from '../worker/deployment.js';
import { runCli } from './cli-process.js';
import { blocksOf } from './support/doc-blocks.js';

const FILE = '/etc/provisioner.config.yaml';
const VARIABLES = { TEMPORAL_DEPLOYMENT_NAME: 'shop', TEMPORAL_WORKER_BUILD_ID: 'v2' };

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('a worker', () => {
  test('has no version where neither the file nor a variable names one', () => {
    expect(chooseDeployment(undefined, {}, FILE)).toBeUndefined();
    expect(chooseDeployment({}, { TEMPORAL_DEPLOYMENT_NAME: '' }, FILE)).toBeUndefined();
  });

  test('takes its version from the file, and from each variable that is set before that', () => {
    const written = { name: 'clouds', buildId: 'v1' };
    expect(chooseDeployment(written, {}, FILE)).toEqual(written);
    expect(chooseDeployment(written, VARIABLES, FILE)).toEqual({ name: 'shop', buildId: 'v2' });
    expect(chooseDeployment({ name: 'clouds' }, { TEMPORAL_WORKER_BUILD_ID: 'v2' }, FILE)).toEqual({
      name: 'clouds',
      buildId: 'v2',
    });
  });

  test('is the release that the configuration in the documentation names', () => {
    const [block] = blocksOf('docs/how-to/run-in-production.md').filter(({ language }) => language === 'yaml');
    const { deployment } = parse(block?.text ?? '') as { deployment: object };
    expect(fileSchema.shape.deployment.parse(deployment)).toEqual(deployment);
    expect(chooseDeployment(deployment, {}, FILE)).toEqual({ name: 'provisioner', buildId: '2026-11-27.1' });
  });

  test('with one half of a version is refused with the place and the variable of the other', () => {
    expect(problemsOf(() => chooseDeployment({ name: 'clouds' }, {}, FILE))).toEqual([
      'deployment.buildId: required, or set TEMPORAL_WORKER_BUILD_ID; without a version leave both out, TEMPORAL_DEPLOYMENT_NAME too',
    ]);
    expect(problemsOf(() => chooseDeployment(undefined, { TEMPORAL_WORKER_BUILD_ID: 'v2' }, FILE))).toEqual([
      'deployment.name: required, or set TEMPORAL_DEPLOYMENT_NAME; without a version leave both out, TEMPORAL_WORKER_BUILD_ID too',
    ]);
  });

  test('with a name that the server would refuse is told so without the name', () => {
    for (const name of ['a.b', 'a:b']) {
      expect(problemsOf(() => chooseDeployment({ name, buildId: 'v1' }, {}, FILE))).toEqual([
        'deployment.name: must be a name without dots and colons (or TEMPORAL_DEPLOYMENT_NAME must)',
      ]);
    }
  });

  test('of the command line ends as invalid before it connects where half a version is set', async () => {
    const names = ['HUAWEI_AK', 'HUAWEI_SK', 'NCP_ACCESS_KEY', 'NCP_SECRET_KEY', 'HDFS_PASSWORD'];
    const alibaba = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
    const env = Object.fromEntries([...names, ...alibaba].map((name) => [name, 'set']));
    const { code, stderr } = await runCli(['worker', '--config', 'examples/provisioner.config.yaml'], {
      env: { ...env, TEMPORAL_WORKER_BUILD_ID: 'v2', TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('deployment.name: required, or set TEMPORAL_DEPLOYMENT_NAME');
  });
});
