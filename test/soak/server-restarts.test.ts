/**
 * A dev server with a database file, killed and started again in the middle of sagas, once for longer than the heartbeat
 * time-out. The worker lives on, finds the server again, and the sagas end as if nothing had been.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../worker/embedded-server/start.js';
import { outcomeOf } from '../support/closing.js';
import { endedAsItShould, type MixedSaga, mixedSagas, refusals, slowWrites, stepsHit } from '../support/mixed-sagas.js';
import { type ProvisionRun, withRig } from '../support/rig.js';
import { seededRandom } from '../support/seed.js';
import { logCreates, tally } from '../support/tally.js';
import { endWorkerProcess, startWorkerProcess } from '../support/worker-process.js';

const SAGAS_A_ROUND = 15;
/** How long the server is gone at most in each round, and in the last at least: past the heartbeat time-out of 30 s. */
const SHORT_MS = 3_000;
const LONG_MS = 35_000;
const ROUNDS = ['short', 'short', 'short', 'long'] as const;

const folder = mkdtempSync(join(tmpdir(), 'server-restarts-'));
const common = { uiPort: 'none', dbFilename: join(folder, 'temporal.db') } as const;
let server: EmbeddedServer;

beforeAll(async () => {
  server = await startEmbeddedServer({ ...common, port: 0 });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function killServer(): Promise<void> {
  process.kill(server.pid, 'SIGKILL');
  await server.stop();
}

async function restartServer(): Promise<void> {
  server = await startEmbeddedServer({ ...common, port: Number(server.address.split(':')[1]) });
}

test('sagas whose server is killed and restarted end as if nothing had been, nothing twice', async () => {
  const random = seededRandom('server-restarts');
  await withRig(
    async (rig) => {
      await rig.stopWorker();
      rig.simulator.changeSettings({ alibabaDuplicates: 'accepted', naverDuplicates: 'accepted' });
      const sagas = mixedSagas(rig, random, { count: SAGAS_A_ROUND * ROUNDS.length, withinMs: 1 });
      rig.simulator.setFaults([...slowWrites(1_000), ...refusals(sagas)]);
      const log = logCreates(rig.simulator);
      const worker = startWorkerProcess({ simulator: rig.simulator, address: server.address, queue: rig.taskQueue });
      const runs: { readonly saga: MixedSaga; readonly run: ProvisionRun }[] = [];
      try {
        for (const [round, gone] of ROUNDS.entries()) {
          const batch = sagas.slice(round * SAGAS_A_ROUND, (round + 1) * SAGAS_A_ROUND);
          const called = rig.nextCall('CreateManagerWorkSpace');
          const more = await Promise.all(batch.map(async (saga) => ({ saga, run: await rig.start(saga.plan) })));
          runs.push(...more);
          await called;
          await sleep(random.below(3_000));
          await killServer();
          await sleep(gone === 'long' ? LONG_MS : random.below(SHORT_MS));
          await restartServer();
          const restartedAt = performance.now();
          for (const { saga, run } of more) if (saga.fate === 'cancelled') await run.cancel().catch(onlyIfClosed);
          if (round < ROUNDS.length - 1) continue;
          await Promise.all(runs.map(({ run }) => outcomeOf(run)));
          const seconds = ((performance.now() - restartedAt) / 1000).toFixed(1);
          const hit = await stepsHit(rig, sagas);
          expect(hit, 'steps that a kill met').toBeGreaterThan(0);
          process.stdout.write(
            `${runs.length} sagas, ${ROUNDS.length} server kills, ${hit} steps hit: all ended ${seconds} s after the last restart\n`,
          );
        }
        const ended = await Promise.all(
          runs.map(async ({ saga, run }) => ({ plan: saga.plan, outcome: await outcomeOf(run) })),
        );
        expect(sagas.filter((saga, index) => !endedAsItShould(saga, ended[index]?.outcome))).toEqual([]);
        expect(tally(rig.simulator, ended)).toEqual({ orphans: [], duplicates: [], missing: [] });
        expect(log.madeAgain()).toEqual({});
        expect(worker.process.exitCode, 'the worker must live on').toBeNull();
      } finally {
        log.close();
        await endWorkerProcess(worker);
      }
    },
    { address: () => server.address },
  );
});

/** A cancel may come too late. */
function onlyIfClosed(error: unknown): void {
  if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
}
