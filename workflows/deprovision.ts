/**
 * Gives up what a closed plan provisioned: finds out what that is, then undoes it in the owner's name as a rollback would.
 * Once it is under way nothing stops it, no cancel either: half of a plan is of use to nobody.
 */
import { CancellationScope, proxyLocalActivities, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { DeprovisionResolution, Discovered, LaterFacts } from '../contract/deprovision.js';
import type { Ledger } from '../contract/ledger.js';
import type { DeprovisionRequest } from '../contract/manifest.js';
import { MEMO, RESOLVE_DEPROVISION } from '../contract/names.js';
import type { Plan } from '../contract/plan.js';
import type { Carried, ResolvedPlan } from '../contract/steps.js';
import { isContinued, killers } from './beginning.js';
import { Book, showUnstarted } from './book.js';
import { closeUndone, notStarted } from './closing.js';
import { Desk } from './desk.js';
import { discoverAll } from './discover-all.js';
import { undoWhatCameBack } from './owner-again.js';
import { READ_OWNER } from './policies.js';
import { undoSteps } from './undo-steps.js';

/**
 * Deletes what the plan made, but what is retained or was adopted, until it is verified gone.
 *
 * @param request A run that this one continued as is handed the plan instead: the request is carried out by then.
 * @returns The ledger, of outcome Deprovisioned.
 * @throws ApplicationFailure `InvalidRequest` or `Misconfigured` before any cloud was changed, problems in `details[0]`;
 *   `Abandoned`, with the ledger in `details[0]`, where an operator let go of a resource.
 */
export async function deprovision(request: DeprovisionRequest | Plan, carried?: Carried): Promise<Ledger> {
  return CancellationScope.nonCancellable(async () => {
    const desk = new Desk();
    const book = desk.open(
      carried && isContinued()
        ? new Book(request as Plan, carried.plan, carried)
        : await open(request as DeprovisionRequest),
    );
    upsertMemo({ [MEMO.provisionRunIds]: inWhoseName(book.resolved) });
    await undoSteps(book);
    await undoWhatCameBack(book);
    await desk.close();
    await closeUndone(book);
    return book.ledger();
  });
}

async function open(request: DeprovisionRequest): Promise<Book> {
  showUnstarted({ name: request?.plan });
  let resolution = await resolve(request);
  if ('discover' in resolution) resolution = await resolve(request, await discoverAll(request, resolution.discover));
  if ('undo' in resolution) {
    const { source, carried } = resolution.undo;
    const book = new Book(source, carried.plan, carried);
    book.announce();
    book.record({ move: 'deprovision', by: request.by, why: request.why })({ result: 'done' });
    return book;
  }
  const problems = 'problems' in resolution ? resolution.problems : [];
  showUnstarted({ name: request?.plan }, { searchAttributes: 'problems' in resolution && resolution.searchAttributes });
  throw notStarted('InvalidRequest', problems);
}

async function resolve(request: DeprovisionRequest, found?: readonly Discovered[]): Promise<DeprovisionResolution> {
  type Local = Record<
    string,
    (request: DeprovisionRequest, facts: LaterFacts, found?: readonly Discovered[]) => Promise<DeprovisionResolution>
  >;
  const ask = proxyLocalActivities<Local>(READ_OWNER)[RESOLVE_DEPROVISION] as Local[string];
  const facts = { firstRunId: workflowInfo().firstExecutionRunId, killers: killers(), now: Date.now() };
  try {
    return await (found ? ask(request ?? null, facts, found) : ask(request ?? null, facts));
  } catch (error) {
    const message = `the worker cannot find out what the plan made: ${(error as Error).message}`;
    throw notStarted('Misconfigured', [{ path: '', message }]);
  }
}

/** First run ids, so that a new provisioning of the name is known to be another's. */
function inWhoseName({ steps, owner }: ResolvedPlan): readonly string[] {
  const found = steps.flatMap((step) => (step.owner ? [step.owner.runId] : []));
  return [...new Set(found.length > 0 ? found : owner ? [owner.runId] : [])];
}
