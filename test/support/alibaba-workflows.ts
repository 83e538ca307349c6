/** The DataWorks workflow kind at the simulator, or at a cloud that answers by script. */
import { onTestFinished } from 'vitest';
import type { Cloud } from '../../activities/cloud.js';
import type { Sighting } from '../../activities/kind.js';
import type { WorkflowSpec } from '../../activities/providers/alibaba/dataworks-workflow.js';
import { alibaba } from '../../activities/providers/alibaba/provider.js';
import type { SimulatorSettings } from '../../simulator/settings.js';
import { type Simulator, startSimulator } from '../../simulator/start.js';
import { type Asked, connect, type Scripted, scriptedCloud } from './scripted-cloud.js';

export const scripted = (answer: (asked: Asked) => Scripted) =>
  scriptedCloud(
    {
      provider: alibaba,
      credentials: { accessKeyId: 'AK', accessKeySecret: 'SK-of-the-test' },
      scope: { projectId: '10000' },
    },
    answer,
  );

export async function simulated(
  settings: Partial<SimulatorSettings> = {},
): Promise<{ simulator: Simulator; cloud: Cloud }> {
  const simulator = await startSimulator({ settings });
  onTestFinished(() => simulator.close());
  const { projectId, accessKeyId, accessKeySecret } = simulator.credentials.alibaba;
  const account = { provider: alibaba, credentials: { accessKeyId, accessKeySecret }, scope: { projectId } };
  return { simulator, cloud: connect(account, simulator.endpoint) };
}

export function specOf(name: string, type: 'CycleWorkflow' | 'ManualWorkflow' = 'CycleWorkflow'): WorkflowSpec {
  const workflow = {
    name,
    description: `about ${name}`,
    script: { path: `team/${name}`, runtime: { command: 'WORKFLOW' as const } },
  };
  return { Spec: { version: '2.0.0', kind: type, spec: { workflows: [workflow] } } };
}

export function sightingOf(id: string): Sighting {
  return { id, name: 'nightly', description: undefined, status: 'ready', outputs: {} };
}

export const namesIn = (simulator: Simulator) => simulator.state().resources.map(({ name }) => name);
