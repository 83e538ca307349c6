/** Plans that wait for an operator, one for each move: how it comes to that, what is sent, and what must come of it. */
import { expect } from 'vitest';
import type { Ledger } from '../../contract/ledger.js';
import type { MoveName, MoveRequest } from '../../contract/moves.js';
import { aiWorkspace, fabric, workflow } from './resources.js';
import type { ProvisionRun, Rig } from './rig.js';

export interface Stuck {
  readonly run: ProvisionRun;
  readonly plan: string;
  readonly move: MoveName;
  /** Besides `by` and `why`. */
  readonly request: Omit<MoveRequest, 'by' | 'why'>;
  readonly outcome: string;
  /** Names of what is alive in the end. */
  readonly alive: readonly string[];
}

const REFUSED_FLOW = { operation: 'CreateWorkflowDefinition', do: 'refuse', status: 400, nth: 1 } as const;
const KEPT_WS = { operation: 'DeleteWorkspace', do: 'refuse', status: 403 } as const;

/** `base`, then `flow` on it, whose create is refused once; the plan pauses. */
export async function pausedPlan(rig: Rig): Promise<Omit<Stuck, 'move' | 'request' | 'outcome' | 'alive'>> {
  rig.simulator.setFaults(REFUSED_FLOW);
  const plan = rig.planName();
  const resources = { base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) };
  const run = await rig.start({ name: plan, onFailure: 'pause', resources });
  await parked(rig, run, 'flow');
  return { run, plan };
}

/** `base` cannot be deleted, after `flow` was refused. */
export async function parkedUndo(rig: Rig): Promise<Omit<Stuck, 'move' | 'request' | 'outcome' | 'alive'>> {
  rig.simulator.setFaults([REFUSED_FLOW, KEPT_WS]);
  const plan = rig.planName();
  const resources = { base: fabric('base-ws'), flow: workflow('flow_a', { dependsOn: ['base'] }) };
  const run = await rig.start({ name: plan, resources });
  await parked(rig, run, 'base');
  return { run, plan };
}

async function unapproved(rig: Rig): Promise<Omit<Stuck, 'move' | 'request' | 'outcome' | 'alive'>> {
  const plan = rig.planName();
  const run = await rig.start({ name: plan, approval: 'required', resources: { ai: aiWorkspace('ai-ws') } });
  await rig.until(run, ({ attention }) => attention !== undefined);
  expect(rig.alive()).toEqual([]);
  return { run, plan };
}

function parked(rig: Rig, run: ProvisionRun, step: string): Promise<Ledger> {
  return rig.until(run, ({ steps }) => steps[step]?.attention !== undefined);
}

export const STUCK: readonly [MoveName, (rig: Rig) => Promise<Stuck>][] = [
  [
    'retry',
    async (rig) => ({
      ...(await pausedPlan(rig)),
      move: 'retry',
      request: { step: 'flow' },
      outcome: 'Provisioned',
      alive: ['base-ws', 'flow_a'],
    }),
  ],
  [
    'adopt',
    async (rig) => {
      const paused = await pausedPlan(rig);
      const { id } = rig.simulator.resources.plant({ kind: 'alibaba.dataworks.workflow', name: 'made_by_hand' });
      const request = { step: 'flow', id };
      return { ...paused, move: 'adopt', request, outcome: 'Provisioned', alive: ['base-ws', 'made_by_hand'] };
    },
  ],
  [
    'skip',
    async (rig) => ({
      ...(await pausedPlan(rig)),
      move: 'skip',
      request: { step: 'flow', outputs: { id: 'none' } },
      outcome: 'Provisioned',
      alive: ['base-ws'],
    }),
  ],
  [
    'rollback',
    async (rig) => ({ ...(await pausedPlan(rig)), move: 'rollback', request: {}, outcome: 'RolledBack', alive: [] }),
  ],
  [
    'abandon',
    async (rig) => ({
      ...(await parkedUndo(rig)),
      move: 'abandon',
      request: { step: 'base', confirm: 'base-ws' },
      outcome: 'Abandoned',
      alive: ['base-ws'],
    }),
  ],
  [
    'approve',
    async (rig) => ({
      ...(await unapproved(rig)),
      move: 'approve',
      request: {},
      outcome: 'Provisioned',
      alive: ['ai-ws'],
    }),
  ],
  [
    'reject',
    async (rig) => ({ ...(await unapproved(rig)), move: 'reject', request: {}, outcome: 'Rejected', alive: [] }),
  ],
];
