/** The Temporal command line as an operator uses it, against the tests' server. */
import { inject } from 'vitest';
import { findTemporalCli } from '../../worker/embedded-server/find-cli.js';
import { runCommand } from '../../worker/embedded-server/run-command.js';
import { runIdOf, type TaskId, takeUp } from './resets.js';
import type { ProvisionRun, Rig } from './rig.js';

/** Found before any test begins: its 156 MB are hashed first. */
const cli = await findTemporalCli();

/** What the command prints. A developer's own Temporal profile has no say. */
export function temporal(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };
  const where = ['--address', inject('temporalAddress'), '--namespace', 'default'];
  return runCommand(cli, [...args, ...where], { env, deadlineMs: 60_000 });
}

/** `--workflow-id` and `--run-id` of exactly this run. */
export function flagsOf(run: ProvisionRun): string[] {
  return ['--workflow-id', run.workflowId, '--run-id', runIdOf(run)];
}

export async function resetByCli(rig: Rig, run: ProvisionRun, task: TaskId): Promise<ProvisionRun> {
  const flags = [...flagsOf(run), '--event-id', String(task), '--reason', 'a test', '--output', 'json'];
  const { runId } = JSON.parse(await temporal('workflow', 'reset', ...flags)) as { runId: string };
  return takeUp(rig, run, runId);
}
