/**
 * Two versions of a worker side by side: what began on one ends on it, undo included, new plans begin on the current one, and a
 * managed plan moves on at its next look. Who did what is read from the histories: each worker is a process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../contract/plan.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import type { RunningCli } from '../cli-process.js';
import { outcomeOf } from '../support/closing.js';
import { fabric, studio, workflow } from '../support/resources.js';
import { type Rig, withRig } from '../support/rig.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const { VersionDrainageStatus } = temporal.api.enums.v1;
let server: EmbeddedServer;

beforeAll(async () => {
  // By default it is looked every three minutes whether a version has drained.
  const soon = ['VisibilityGracePeriod', 'RefreshInterval'].flatMap((name) => [
    '--dynamic-config-value',
    `matching.wv.VersionDrainageStatus${name}="2s"`,
  ]);
  server = await startEmbeddedServer({ port: 0, uiPort: 'none', extraArgs: soon });
});
afterAll(() => server.stop());

/** A deployment of the rig's own, and a worker process for each of its versions. */
class Versions {
  readonly workers = new Map<string, RunningCli>();

  constructor(private readonly rig: Rig) {}

  private version(buildId: string) {
    return { namespace: 'default', deploymentName: this.rig.taskQueue, buildId };
  }

  start(buildId: string): void {
    const env = { TEMPORAL_DEPLOYMENT_NAME: this.rig.taskQueue, TEMPORAL_WORKER_BUILD_ID: buildId };
    const { simulator, taskQueue: queue } = this.rig;
    this.workers.set(buildId, startWorkerProcess({ simulator, queue, address: server.address, env }));
  }

  /** Once it polls every queue that the one before does: the server refuses it until then. */
  async makeCurrent(buildId: string): Promise<void> {
    const request = { ...this.version(buildId), identity: 'a test' };
    const accepted = () =>
      this.rig.client.workflowService.setWorkerDeploymentCurrentVersion(request).then(
        () => true,
        () => false,
      );
    while (!(await accepted())) await sleep(200);
  }

  async untilDrained(buildId: string): Promise<void> {
    const { deploymentName, ...rest } = this.version(buildId);
    const request = { namespace: rest.namespace, deploymentVersion: { deploymentName, buildId } };
    const status = async () => {
      const { workerDeploymentVersionInfo: info } =
        await this.rig.client.workflowService.describeWorkerDeploymentVersion(request);
      return info?.drainageInfo?.status;
    };
    while ((await status()) !== VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED) await sleep(500);
  }

  /** Build ids of the workers that took a run's tasks, workflow and activities alike. */
  async whoDid(workflowId: string, runId?: string): Promise<readonly string[]> {
    const { events } = await this.rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const identities = (events ?? []).flatMap((event) => {
      const { workflowTaskCompletedEventAttributes: task, activityTaskStartedEventAttributes: activity } = event;
      return [task?.identity, activity?.identity].filter((one) => typeof one === 'string');
    });
    const byPid = new Map([...this.workers].map(([buildId, { process }]) => [String(process.pid), buildId]));
    return [...new Set(identities.map((identity) => byPid.get(identity.split('@')[0] ?? '') ?? identity))];
  }

  async end(): Promise<void> {
    await Promise.all([...this.workers.values()].map(endWorkerProcess));
  }
}

async function withVersions(body: (rig: Rig, versions: Versions) => Promise<void>): Promise<void> {
  const options = { address: () => server.address };
  await withRig(async (rig) => {
    await rig.stopWorker();
    const versions = new Versions(rig);
    try {
      await body(rig, versions);
    } finally {
      await versions.end();
    }
  }, options);
}

function planOf(rig: Rig, index: number): Plan {
  const flow = workflow(`flow_${index}`, { dependsOn: ['studio'] });
  return { name: rig.planName(), resources: { studio: studio(`studio_${index}`), flow } };
}

test('plans that began on one version end on it, undo included, while new ones begin on the next', async () => {
  await withVersions(async (rig, versions) => {
    versions.start('v1');
    await versions.makeCurrent('v1');
    rig.simulator.setFaults({ operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400 });
    // So many that a queue which both versions share would show.
    const held = [1, 2, 3, 4, 5, 6].map((index): Plan => ({ ...planOf(rig, index), onFailure: 'pause' }));
    const old = await Promise.all(held.map((plan) => rig.start(plan)));
    for (const run of old) await rig.until(run, ({ steps }) => steps.flow?.attention !== undefined);
    versions.start('v2');
    await versions.makeCurrent('v2');
    const fresh = await Promise.all([7, 8, 9].map((index) => rig.start(planOf(rig, index))));
    for (const run of fresh) expect(await outcomeOf(run)).toBe('RolledBack');
    expect(rig.alive()).toHaveLength(held.length);
    for (const run of old) await run.executeUpdate('rollback', { args: [{ by: 'ann', why: 'a test' }] });
    for (const run of old) expect(await outcomeOf(run)).toBe('RolledBack');
    expect(rig.alive()).toEqual([]);
    for (const run of old) expect(await versions.whoDid(run.workflowId)).toEqual(['v1']);
    for (const run of fresh) expect(await versions.whoDid(run.workflowId)).toEqual(['v2']);
    await versions.untilDrained('v1');
  });
});

test('a managed plan moves to the version that has become current, and is given up there', async () => {
  await withVersions(async (rig, versions) => {
    versions.start('v1');
    await versions.makeCurrent('v1');
    const plan = { name: rig.planName(), lifetime: { verifyEvery: '1m' }, resources: { base: fabric('base-ws') } };
    const first = await rig.start(plan);
    await rig.until(first, ({ outcome }) => outcome === 'Provisioned');
    versions.start('v2');
    await versions.makeCurrent('v2');
    const latest = rig.client.workflow.getHandle(first.workflowId);
    const moved = async () => (await latest.describe()).runId !== first.firstExecutionRunId;
    while (!(await moved())) await sleep(500);
    expect(rig.alive()).toEqual(['base-ws']);
    await versions.untilDrained('v1');
    const v1 = versions.workers.get('v1');
    if (v1) await endWorkerProcess(v1);
    const { runId } = await latest.describe();
    rig.track(first.workflowId, runId);
    await latest.executeUpdate('deprovision', { args: [{ by: 'ann', why: 'a test' }] });
    await latest.result();
    expect(rig.alive()).toEqual([]);
    expect(await versions.whoDid(first.workflowId, first.firstExecutionRunId)).toEqual(['v1']);
    expect(await versions.whoDid(first.workflowId, runId)).toEqual(['v2']);
  });
});
