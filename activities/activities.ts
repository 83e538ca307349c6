/** The activities as a worker registers them: what resolves beside the workflows, eight for each kind on a connection's queue. */
import { Context, log } from '@temporalio/activity';
import type {
  DeprovisionResolution,
  Discovered,
  DiscoverInput,
  LaterFacts,
  OwnersState,
  VerifyResolution,
} from '../contract/deprovision.js';
import type { Drift } from '../contract/drift.js';
import type { DeprovisionRequest, VerifyRequest } from '../contract/manifest.js';
import type { Marker } from '../contract/marker.js';
import {
  activityType,
  CANCEL_SELF,
  OWNERS_SINCE,
  RESOLVE_DEPROVISION,
  RESOLVE_PLAN,
  RESOLVE_SWEEP,
  RESOLVE_VERIFY,
} from '../contract/names.js';
import type { Plan } from '../contract/plan.js';
import {
  type AdoptInput,
  type AdoptResult,
  type CreateInput,
  type CreateResult,
  type DeleteInput,
  type DeleteResult,
  type Owner,
  type ReadInput,
  type Resolution,
  type RunFacts,
  UNPLANNED,
  type VerifyInput,
  type VerifyResult,
} from '../contract/steps.js';
import type {
  SweepDeleteInput,
  SweepDeleteResult,
  SweepPage,
  SweepPageInput,
  SweepRequest,
  SweepResolution,
} from '../contract/sweep.js';
import { VERSION } from '../contract/version.js';
import { askOwner } from './ask-owner.js';
import { attempt } from './attempt.js';
import { type Catalog, kindsOf } from './catalog.js';
import type { Cloud } from './cloud.js';
import type { Caller, Connection } from './connection.js';
import { secretsOf } from './connection-secrets.js';
import { type CreateProgress, type DeleteProgress, isOriginalCreate } from './decisions.js';
import { deleteOrphan } from './delete-orphan.js';
import { discover } from './deprovision/discover.js';
import { onlyWhileClosed } from './deprovision/only-while-closed.js';
import { type Owners, ownersSince } from './deprovision/owners-since.js';
import { resolveDeprovision } from './deprovision/resolve-deprovision.js';
import { serverSources } from './deprovision/server-sources.js';
import { ensureAdoptable } from './ensure-adoptable.js';
import { ensureCreated } from './ensure-created.js';
import { ensureDeleted } from './ensure-deleted.js';
import { ensureRead } from './ensure-read.js';
import { ensureVerified } from './ensure-verified.js';
import { hideSecrets } from './http/hide-secrets.js';
import type { Line } from './http/line.js';
import { redact } from './http/redact.js';
import type { Kind } from './kind.js';
import { findChain } from './owner/chain.js';
import { describeRun } from './owner/describe-run.js';
import { readOwner } from './owner/read-owner.js';
import { SEND_WINDOW_MS } from './policies.js';
import { resolvePlan } from './resolve-plan.js';
import { resolveSweep } from './resolve-sweep.js';
import { resolveVerify } from './resolve-verify.js';
import { sweepPage } from './sweep-page.js';
import { UNWATCHED, type Watch } from './watch.js';
import { watchAttempts } from './watch-attempts.js';

/** Input and result differ by activity; the SDK registers them by name. */
export type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

/** For the worker that runs the workflows. */
export function createPlanActivities(catalog: Catalog): Activities {
  return {
    async [RESOLVE_PLAN](plan: Plan, run: RunFacts): Promise<Resolution> {
      const { namespace, workflowExecution } = Context.current().info;
      return resolvePlan(plan, catalog, { ...run, namespace, workflowId: workflowExecution?.workflowId ?? '' });
    },
    async [RESOLVE_SWEEP](request: SweepRequest): Promise<SweepResolution> {
      return resolveSweep(request, catalog);
    },
    async [RESOLVE_DEPROVISION](
      request: DeprovisionRequest,
      facts: LaterFacts,
      found?: readonly Discovered[],
    ): Promise<DeprovisionResolution> {
      return resolveDeprovision(request, found, { catalog, sources: serverSources(Context.current().client), facts });
    },
    async [RESOLVE_VERIFY](request: VerifyRequest): Promise<VerifyResolution> {
      return resolveVerify(request, catalog, serverSources(Context.current().client));
    },
    async [OWNERS_SINCE](owners: Owners, since: number): Promise<OwnersState> {
      const { client } = Context.current();
      return ownersSince(owners, since, (workflowId, runId) => describeRun(client, workflowId, runId));
    },
    async [CANCEL_SELF](): Promise<void> {
      const { client, info } = Context.current();
      const { workflowId = '', runId } = info.workflowExecution ?? {};
      await client.workflow.getHandle(workflowId, runId).cancel();
    },
  };
}

/** For the worker of one connection: what a step's life takes of every kind of its provider, and the sweep's two. */
export function createConnectionActivities(
  connection: Connection,
  line: Line,
  catalog: Catalog,
  watch: Watch = UNWATCHED,
): Activities {
  const redacted = (text: string) => redact(text, secretsOf(connection));
  return Object.assign(
    {},
    ...kindsOf(catalog, connection).flatMap((kind) =>
      [
        createKindActivities(kind, connection, line, catalog),
        createReadActivities(kind, connection, line, catalog),
        createSweepActivities(kind, connection, line, catalog),
      ].map((activities) => watchAttempts(kind.name, activities, { watch, redact: redacted })),
    ),
  ) as Activities;
}

function commonOf(kind: Kind, connection: Connection) {
  const windowMs = connection.lateCommitWindowMs ?? kind.lateCommitWindowMs;
  return { kind, connection, windowMs, redact: (text: string) => redact(text, secretsOf(connection)) };
}

function createKindActivities(kind: Kind, connection: Connection, line: Line, { fingerprint }: Catalog): Activities {
  const common = commonOf(kind, connection);
  return {
    [activityType(kind.name, 'create')](input: CreateInput): Promise<CreateResult> {
      const context = enter(input, fingerprint);
      const caller = { userAgent: userAgent(context, input.step.key), urgent: false };
      const openCloud = (more: Pick<Caller, 'signal' | 'beforeCreate' | 'beforeChange'>) =>
        line.cloud({ ...caller, ...more });
      const ask = (marker: Marker) => askOwner(context.client, context.info.namespace, marker);
      const originalRun = isOriginalCreate(input, context.info.workflowExecution?.runId ?? '');
      return attempt<CreateProgress, CreateResult>(context, (current) =>
        ensureCreated({ ...input, originalRun }, { ...common, attempt: current, openCloud, askOwner: ask }),
      );
    },
    [activityType(kind.name, 'delete')](input: DeleteInput): Promise<DeleteResult> {
      const context = enter(input, fingerprint);
      const leave = leaveOf(context, input.owner);
      return attempt<DeleteProgress, DeleteResult>(context, (current) => {
        const openCloud = ({ beforeChange }: Pick<Caller, 'beforeChange'>) =>
          urgentCloud(line, context, input.step.key, beforeChange && { beforeChange: leave(beforeChange) });
        return ensureDeleted(input, { ...common, attempt: current, openCloud });
      });
    },
    [activityType(kind.name, 'verify')](input: VerifyInput): Promise<VerifyResult> {
      const context = enter(input, fingerprint);
      return attempt<never, VerifyResult>(context, (current) => {
        const cloud = urgentCloud(line, context, input.step.key);
        const by = context.info.workflowExecution?.runId ?? '';
        return ensureVerified(input, { ...common, attempt: current, cloud, by });
      });
    },
    [activityType(kind.name, 'adopt')](input: AdoptInput): Promise<AdoptResult> {
      const context = enter(input, fingerprint);
      const ask = (marker: Marker) => askOwner(context.client, context.info.namespace, marker);
      return attempt<never, AdoptResult>(context, (current) => {
        const cloud = urgentCloud(line, context, input.step.key);
        const by = context.info.workflowExecution?.runId ?? '';
        return ensureAdoptable(input, { ...common, attempt: current, cloud, askOwner: ask, by });
      });
    },
  };
}

function createReadActivities(kind: Kind, connection: Connection, line: Line, { fingerprint }: Catalog): Activities {
  const common = commonOf(kind, connection);
  return {
    [activityType(kind.name, 'read')](input: ReadInput): Promise<Drift> {
      const context = enter(input, fingerprint);
      return attempt<never, Drift>(context, ({ signal }) => {
        const cloud = line.cloud({ userAgent: userAgent(context, input.step.key), urgent: false, signal });
        const secrets = secretsOf(connection);
        const holdsSecret = (text: string) => hideSecrets(text, secrets) !== text;
        return ensureRead(input, { ...common, cloud, holdsSecret });
      });
    },
  };
}

function createSweepActivities(kind: Kind, connection: Connection, line: Line, { fingerprint }: Catalog): Activities {
  const common = commonOf(kind, connection);
  return {
    [activityType(kind.name, 'list')](input: SweepPageInput): Promise<SweepPage> {
      const context = enter(input, fingerprint);
      const { client, info, cancellationSignal: signal } = context;
      const cloud = line.cloud({ userAgent: userAgent(context, 'sweep'), urgent: false, signal });
      const read = (owner: Owner) => readOwner(client, owner);
      return attempt<never, SweepPage>(context, (current) =>
        sweepPage(input, { ...common, namespace: info.namespace, attempt: current, cloud, readOwner: read }),
      );
    },
    [activityType(kind.name, 'discover')](input: DiscoverInput): Promise<readonly Discovered[]> {
      const context = enter(input, fingerprint);
      const { info, cancellationSignal: signal } = context;
      const cloud = line.cloud({ userAgent: userAgent(context, 'discover'), urgent: false, signal });
      return attempt<never, readonly Discovered[]>(context, (current) =>
        discover(input, { ...common, namespace: info.namespace, attempt: current, cloud }),
      );
    },
    [activityType(kind.name, 'sweep')](input: SweepDeleteInput): Promise<SweepDeleteResult> {
      const context = enter(input, fingerprint);
      const { client, cancellationSignal: signal } = context;
      const caller = { userAgent: userAgent(context, input.orphan.owner.step), urgent: false, signal };
      const openCloud = (more: Pick<Caller, 'beforeChange'>) => line.cloud({ ...caller, ...more });
      const askChain = async (owner: Owner) => {
        const sendBefore = performance.now() + SEND_WINDOW_MS;
        const chain = await findChain(owner, (workflowId, runId) => describeRun(client, workflowId, runId));
        return { chain, sendBefore };
      };
      return attempt<DeleteProgress, SweepDeleteResult>(context, (current) =>
        deleteOrphan(input, { ...common, attempt: current, openCloud, askChain }),
      );
    },
  };
}

/** Who acts in another run's name needs leave besides the fence. */
function leaveOf({ client, info }: Context, owner: Owner) {
  type Fence = NonNullable<Caller['beforeChange']>;
  const isOwn = owner.workflowId === info.workflowExecution?.workflowId;
  const ask = (of: Owner) => findChain(of, (workflowId, runId) => describeRun(client, workflowId, runId));
  return (fence: Fence): Fence => (isOwn ? fence : onlyWhileClosed(fence, owner, ask));
}

/** What must go, goes before what may come. */
function urgentCloud(line: Line, context: Context, step: string, more: Pick<Caller, 'beforeChange'> = {}): Cloud {
  const { cancellationSignal: signal } = context;
  return line.cloud({ userAgent: userAgent(context, step), urgent: true, signal, ...more });
}

/** Workers of one queue must be configured alike: a plan resolved by one is carried out by another. */
function enter(input: { readonly fingerprint: string }, own: string): Context {
  if (input.fingerprint !== UNPLANNED && input.fingerprint !== own) {
    log.error('Another worker of this queue has other connections or kinds: configure all of them alike', {
      planned: input.fingerprint,
      own,
    });
  }
  return Context.current();
}

/** Leads from a cloud's audit log back to the workflow. */
function userAgent({ info }: Context, step: string): string {
  const workflowId = encodeURIComponent(info.workflowExecution?.workflowId ?? '');
  return `temporal-provisioner/${VERSION} wf/${workflowId} step/${encodeURIComponent(step)} attempt/${info.attempt}`;
}
