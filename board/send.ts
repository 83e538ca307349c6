/** Sends what a form says through the client's handle, and waits as long as somebody waits for a page. */

import type { ProvisionerClient } from '../client/client.js';
import { InvalidRequestError, MoveRefusedError, PlanConflictError, ProvisionFailedError } from '../client/errors.js';
import type { ProvisionHandle } from '../client/handle.js';
import type { Problem } from '../contract/failures.js';
import { workflowIdOf } from '../contract/names.js';
import type { Json, StepOutputs } from '../contract/plan.js';
import type { Refused } from './act-form.js';
import { ACT_WORDS } from './act-words.js';
import type { Act, Offer } from './offers.js';

export interface Form extends Offer {
  /** Every field as it was typed. */
  readonly typed: Readonly<Record<string, string>>;
}

/** What is to be acted on, as it is now. */
export interface Target {
  readonly provisioner: ProvisionerClient;
  readonly handle: ProvisionHandle;
  /** The plan's own name, which a grave act wants typed. */
  readonly plan: string;
}

/** A worker that is alive answers at once, unless the cloud has to be asked first. */
const PATIENCE_MS = 8_000;

/** Undefined: done, or under way; the ledger tells which. */
export async function send(form: Form, target: Target): Promise<Refused | undefined> {
  const refused = (message: string, problems: readonly Problem[] = []) => ({ ...form, message, problems });
  if (ACT_WORDS[form.act].fields.includes('typed') && form.typed.typed?.trim() !== target.plan) {
    return refused('Nothing was sent.', [{ path: 'typed', message: 'must be the name of the plan' }]);
  }
  try {
    await sent(form, target);
    return undefined;
  } catch (error) {
    if (error instanceof MoveRefusedError) return refused(messageOf(error), error.problems);
    if (error instanceof InvalidRequestError) return refused('Nothing was started.', error.problems);
    if (error instanceof PlanConflictError) return refused(error.message);
    if (error instanceof ProvisionFailedError) return refused(failureText(error));
    if (error instanceof NotAnswered) return refused(error.message);
    throw error;
  }
}

async function sent({ act, step, typed }: Form, { provisioner, handle, plan }: Target): Promise<void> {
  if (act === 'cancel') return await cancel(handle);
  const includeProtected = typed.includeProtected === 'true';
  const who = { by: typed.by ?? '', why: typed.why ?? '' };
  if (act === 'deprovision' && (await handle.outcome()) === 'Provisioned') {
    const request = { plan, ...who, ...(includeProtected && { includeProtected }) };
    // By its name alone another run may be meant: whoever started this one chose a workflow id of their own.
    const manifest = handle.workflowId === workflowIdOf(plan) ? undefined : await handle.manifest();
    const { run } = await provisioner.deprovision({ ...request, ...(manifest && { manifest }) });
    return await refusedSoon(run);
  }
  const request = {
    ...who,
    ...(step !== undefined && { step }),
    ...(act === 'adopt' && { id: typed.id ?? '' }),
    ...(act === 'abandon' && { confirm: typed.confirm ?? '' }),
    ...(act === 'skip' && { outputs: outputsOf(typed.outputs ?? '') }),
    ...(act === 'deprovision' && includeProtected && { includeProtected }),
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    await handle.move(act, request, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!(await isUnderWay(handle, act, step))) throw new NotAnswered();
  }
}

/** The server takes a cancel of what has ended as well, and nothing comes of it. */
async function cancel(handle: ProvisionHandle): Promise<void> {
  const outcome = await handle.outcome();
  if (outcome !== undefined) {
    throw new MoveRefusedError(`It ended already (${outcome}); there is nothing to cancel.`, []);
  }
  await handle.cancel();
}

/** A deprovisioning that may not be ends at once, and the plan's own run shows nothing of it. */
async function refusedSoon(run: ProvisionHandle): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS / 2);
  await run.result({ signal }).catch((error: unknown) => {
    const ended = error instanceof ProvisionFailedError && error.outcome === 'NotStarted';
    if (ended || !(signal.aborted || error instanceof ProvisionFailedError)) throw error;
  });
}

class NotAnswered extends Error {
  override readonly name = 'NotAnswered';

  constructor() {
    super(
      'No worker took it up in time. Start one with: provisioner worker. It may still be carried out if one comes within ' +
        'moments: see the moves below before you send it again.',
    );
  }
}

async function isUnderWay(handle: ProvisionHandle, act: Act, step: string | undefined): Promise<boolean> {
  const { moves = [] } = (await handle.liveLedger()) ?? {};
  return moves.some((one) => one.move === act && one.step === step && one.result === undefined);
}

function messageOf({ message, problems }: MoveRefusedError): string {
  return problems.length > 0 ? 'Nothing was sent.' : message;
}

function failureText({ message, problems }: ProvisionFailedError): string {
  return [message, ...problems.map((problem) => `${problem.path}: ${problem.message}`)].join(' ');
}

/**
 * `name=value` a line, each value a text; or one JSON object. Whatever else it is goes on as it is: what is right is told
 * in the same words for everybody.
 */
function outputsOf(text: string): StepOutputs {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    try {
      return JSON.parse(trimmed) as StepOutputs;
    } catch {
      throw new MoveRefusedError(
        'Nothing was sent.',
        [],
        [{ path: 'outputs', message: 'must be JSON, or name=value lines' }],
      );
    }
  }
  const outputs: Record<string, Json> = {};
  for (const line of trimmed.split(/\r?\n/).filter((each) => each.trim() !== '')) {
    const at = line.indexOf('=');
    if (at < 1) {
      throw new MoveRefusedError(
        'Nothing was sent.',
        [],
        [{ path: 'outputs', message: 'each line must be name=value' }],
      );
    }
    outputs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return outputs as StepOutputs;
}
