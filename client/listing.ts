/**
 * Provisionings as visibility lists them, a page at a time. What somebody typed goes into a query only once it is known
 * to be an outcome or a part of a plan's name: visibility's language has no parameters.
 */
import type { Client } from '@temporalio/client';
import { OUTCOMES, type Outcome, type Problem } from '../contract/failures.js';
import { deprovisionIdOf, WORKFLOW, workflowIdOf } from '../contract/names.js';
import { PLAN_LIMITS } from '../contract/plan.js';
import { deprovisionedRuns } from './deprovision.js';
import { InvalidRequestError } from './errors.js';
import { outcomeAttribute } from './run.js';
import { type Told, toldOf } from './visibility.js';

/** Everything that is given must hold. All but `running` need the search attributes of `provisioner setup`. */
export interface ListFilter {
  /** As the plan ended, or, of a managed plan that is open, as it stands. */
  readonly outcome?: Outcome;
  /** Only those with a step that waits for an operator. */
  readonly attention?: true;
  /** Only open ones; deprovisionings that are under way are among them, as with `attention`. */
  readonly running?: true;
  /** How the plan's name begins. */
  readonly prefix?: string;
}

/** Which page of which provisionings. */
export interface ListPageOptions extends ListFilter {
  /** From 1 to 1,000. Default 50. */
  readonly pageSize?: number;
  /** `nextPageToken` of the page before, of the same filter. */
  readonly pageToken?: string;
}

/** A provisioning as visibility shows it: seconds behind at most, and without asking a worker. */
export interface Listed {
  readonly plan: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's own word, such as RUNNING or FAILED. */
  readonly status: string;
  /** Missing while it is open, but for a managed plan that is Provisioned. */
  readonly outcome?: Outcome;
  /** It waits for a person. */
  readonly attention: boolean;
  readonly connections: readonly string[];
  /** What it provisioned was deprovisioned since. */
  readonly deprovisioned?: true;
  readonly startTime: Date;
  readonly closeTime?: Date;
}

/** One page of provisionings. */
export interface ListPage {
  /** What is open stands first, then what closed last, as the server's visibility store orders it. */
  readonly provisionings: readonly Listed[];
  /** Missing on the last page. */
  readonly nextPageToken?: string;
}

const PAGE = { usual: 50, most: 1_000, tokenCharacters: 4_000 } as const;

export async function listPage(client: Client, options: ListPageOptions): Promise<ListPage> {
  const { pageSize = PAGE.usual, pageToken = '' } = options;
  const problems = [...filterProblems(options), ...pageProblems(pageSize, pageToken)];
  if (problems.length > 0) throw new InvalidRequestError(problems);
  const answer = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    query: queryOf(options),
    pageSize,
    nextPageToken: Buffer.from(pageToken, 'base64url'),
  });
  const told = (answer.executions ?? []).map(toldOf);
  const provisioned = told.filter(({ status }) => status === 'COMPLETED').map((run) => planOf(run));
  const gone = await deprovisionedRuns(client, provisioned.filter(isPlanName));
  const next = Buffer.from(answer.nextPageToken ?? []).toString('base64url');
  return {
    provisionings: told.map((run) => listedOf(run, gone)),
    ...(next !== '' && { nextPageToken: next }),
  };
}

export async function countListed(client: Client, filter: ListFilter): Promise<number> {
  const problems = filterProblems(filter);
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return (await client.workflow.count(queryOf(filter))).count;
}

/** @param gone First run ids of what was deprovisioned, with the time at which that began. */
export function listedOf(run: Told, gone: ReadonlyMap<unknown, Date>): Listed {
  const { workflowId, runId, status, attributes, startTime, closeTime } = run;
  const outcome = outcomeAttribute(attributes);
  const connections = [attributes.ProvisionerConnections ?? []].flat();
  return {
    plan: planOf(run),
    workflowId,
    runId,
    status,
    ...(outcome && { outcome }),
    attention: status === 'RUNNING' && first(attributes.ProvisionerAttention) === true,
    connections: connections.map(String),
    ...(isGone(closeTime, gone.get(run.firstRunId)) && { deprovisioned: true }),
    startTime,
    ...(closeTime && { closeTime }),
  };
}

function planOf({ workflowId, attributes }: Told): string {
  return String(first(attributes.ProvisionerPlan) ?? workflowId.replace(workflowIdOf(''), ''));
}

/** An attribute is a list of one in the untyped form that every server version answers. */
function first(value: unknown): unknown {
  return [value].flat()[0];
}

/** What a run that was reset made after it was given up is there again. */
function isGone(madeUntil: Date | undefined, givenUpAt: Date | undefined): boolean {
  return madeUntil !== undefined && givenUpAt !== undefined && givenUpAt >= madeUntil;
}

/** A run that continued as new is shown once, as the run that it is by now. */
function queryOf({ outcome, attention, running, prefix }: ListFilter): string {
  const open = attention || running;
  return [
    open
      ? `WorkflowType IN ("${WORKFLOW.provision}", "${WORKFLOW.deprovision}") AND ExecutionStatus = "Running"`
      : `WorkflowType = "${WORKFLOW.provision}" AND ExecutionStatus != "ContinuedAsNew"`,
    ...(attention ? ['ProvisionerAttention = true'] : []),
    ...(outcome === undefined ? [] : [`ProvisionerOutcome = "${outcome}"`]),
    // Until a worker takes it up, a run has its id and no attributes.
    ...(prefix === undefined ? [] : [`(${[...idsOf(prefix), `ProvisionerPlan ${begins(prefix)}`].join(' OR ')})`]),
  ].join(' AND ');
}

function idsOf(prefix: string): readonly string[] {
  return [workflowIdOf(prefix), deprovisionIdOf(prefix)].map((id) => `WorkflowId ${begins(id)}`);
}

function begins(text: string): string {
  return `STARTS_WITH "${text}"`;
}

const NAME_BEGINS = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

function isPlanName(text: string): boolean {
  return text.length <= PLAN_LIMITS.maxNameLength && NAME_BEGINS.test(text);
}

function filterProblems({ outcome, prefix }: ListFilter): readonly Problem[] {
  const problems: Problem[] = [];
  if (outcome !== undefined && !OUTCOMES.includes(outcome)) {
    problems.push({ path: 'outcome', message: `must be one of: ${OUTCOMES.join(', ')}` });
  }
  if (prefix !== undefined && !isPlanName(prefix)) {
    const message = `letters, digits, - and _, the first a letter or digit; at most ${PLAN_LIMITS.maxNameLength}`;
    problems.push({ path: 'prefix', message });
  }
  return problems;
}

function pageProblems(pageSize: number, pageToken: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > PAGE.most) {
    problems.push({ path: 'pageSize', message: `must be a whole number from 1 to ${PAGE.most}` });
  }
  if (pageToken.length > PAGE.tokenCharacters || !/^[\w-]*$/.test(pageToken)) {
    problems.push({ path: 'pageToken', message: 'must be the nextPageToken of the page before' });
  }
  return problems;
}
