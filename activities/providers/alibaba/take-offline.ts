/**
 * Takes a published workflow offline, since DataWorks refuses to delete it before: an Offline pipeline run whose stages
 * are started one by one, each when all before it succeeded. Stages differ by workspace mode and are never named here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { ProviderError } from '../../provider-error.js';
import { readAnswer } from '../read-answer.js';
import { action } from './actions.js';
import { idSchema } from './ids.js';
import { OFFLINE_POLL } from './limits.js';

const runAnswer = z.object({ Id: idSchema });

const pipelineAnswer = z.object({
  Pipeline: z.object({
    Status: z.string(),
    Stages: z
      .array(z.object({ Code: z.string(), Status: z.string(), Type: z.string().nullish(), Step: z.number().nullish() }))
      .nullish(),
  }),
});

type Pipeline = z.infer<typeof pipelineAnswer>['Pipeline'];
type Stage = NonNullable<Pipeline['Stages']>[number];

/** Ends of a run that are not success; "Termination" is one (deploy-guide of Alibaba's datastudio-develop notes). */
const FAILED = ['Fail', 'Termination', 'Cancel'];

export async function takeOffline(cloud: Cloud, ProjectId: string, id: string): Promise<void> {
  // ObjectIds is a JSON list of strings; the id bare, not in brackets of its own (troubleshooting 11 of those notes).
  const created = action('CreatePipelineRun', { ProjectId, Type: 'Offline', ObjectIds: [id] });
  const { Id } = readAnswer(runAnswer, await cloud.call(created), {
    provider: 'alibaba',
    operation: created.operation,
  });
  try {
    await runThrough(cloud, ProjectId, Id);
  } catch (error) {
    // A run left open would stand in the way of the next attempt's; why this one failed matters more than its end.
    await cloud.call(action('AbolishPipelineRun', { Id, ProjectId })).catch(() => undefined);
    throw error;
  }
}

async function runThrough(cloud: Cloud, ProjectId: string, Id: string): Promise<void> {
  const started = new Set<string>();
  let refusals = 0;
  let wait: number = OFFLINE_POLL.firstMs;
  for (let poll = 0; poll < OFFLINE_POLL.polls; poll++) {
    const pipeline = await readPipeline(cloud, ProjectId, Id);
    if (pipeline.Status === 'Success') return;
    if (FAILED.includes(pipeline.Status)) throw notOffline('failed or was stopped; see its pipeline run', 'final');
    const next = nextStage(pipeline);
    if (next && !started.has(next.Code)) {
      const refusal = await startStage(cloud, ProjectId, Id, next);
      if (refusal && ++refusals >= OFFLINE_POLL.refusals) throw refusal;
      if (!refusal) {
        started.add(next.Code);
        refusals = 0;
        wait = OFFLINE_POLL.firstMs;
      }
    }
    await sleep(wait);
    wait = Math.min(wait * OFFLINE_POLL.growth, OFFLINE_POLL.maxMs);
  }
  throw notOffline('did not end in time', 'later');
}

async function readPipeline(cloud: Cloud, ProjectId: string, Id: string): Promise<Pipeline> {
  const asked = action('GetPipelineRun', { ProjectId, Id });
  const answer = await cloud.call(asked);
  return readAnswer(pipelineAnswer, answer, { provider: 'alibaba', operation: asked.operation }).Pipeline;
}

/** The stage that waits to be started: in Init, all before it in Success. Build starts by itself. */
function nextStage({ Stages }: Pipeline): Stage | undefined {
  const inOrder = [...(Stages ?? [])].sort((a, b) => (a.Step ?? 0) - (b.Step ?? 0));
  const next = inOrder.find(({ Status }) => Status !== 'Success');
  return next?.Status === 'Init' && next.Type !== 'Build' ? next : undefined;
}

/**
 * What refused it, if anything did. One refusal is not the end: the run may have moved on, or not be ready for the stage,
 * and the next look tells. A stage that still waits then is started again.
 */
async function startStage(
  cloud: Cloud,
  ProjectId: string,
  Id: string,
  { Code }: Stage,
): Promise<ProviderError | undefined> {
  try {
    await cloud.call(action('ExecPipelineRunStage', { ProjectId, Id, Code }));
    return undefined;
  } catch (error) {
    if (error instanceof ProviderError && error.facts.type === 'InvalidRequest') return error;
    throw error;
  }
}

function notOffline(what: string, again: 'later' | 'final'): ProviderError {
  return new ProviderError(`Taking the workflow offline ${what}`, {
    type: 'NotStabilized',
    retryable: again === 'later',
    sent: 'never',
    provider: 'alibaba',
    operation: 'GetPipelineRun',
  });
}
