/** The requests that a kind makes, seen rather than declared: its minimal plan's spec played once on the simulator. */
import type { CloudRequest, Provider } from '../../activities/cloud.js';
import type { Kind } from '../../activities/kind.js';
import { BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import type { JsonObject } from '../../contract/plan.js';
import { Stage } from '../../testing/contract-stage.js';
import { simulatorConnections, startSimulator } from '../../testing/index.js';
import { toConnections } from '../../worker/config/connections.js';

export interface ObservedCall {
  /** Which of the kind's own calls makes it. */
  readonly by: string;
  readonly operation: string;
  /** Ids in it stand as `{name}`. */
  readonly request: string;
}

export async function observeCalls(kind: Kind, provider: Provider, spec: JsonObject): Promise<readonly ObservedCall[]> {
  const simulator = await startSimulator();
  const all = toConnections(simulatorConnections(simulator.description), BUILT_IN_PROVIDERS);
  const connection = all.find(({ name }) => name === provider.name);
  if (!connection) throw new Error(`No simulator for ${kind.name}`);
  const stage = new Stage({ kind, provider, connection, spec: () => spec, patienceMs: 20_000 });
  const seen: ObservedCall[] = [];
  const ids = new Map(Object.entries(connection.scope).map(([key, value]) => [value, `{${key}}`]));
  const during = async (by: string, play: (cloud: Stage['cloud']) => Promise<void>) => {
    const requests: CloudRequest[] = [];
    await play(stage.noting(requests));
    for (const each of requests) seen.push({ by, operation: each.operation, request: requestText(each, ids) });
  };
  try {
    const wanted = stage.wanted();
    const whole = stage.whole(spec);
    await during('create', async (cloud) => void (await kind.create(cloud, stage.prepared(wanted))));
    const [made] = await stage.find(spec);
    if (!made) throw new Error(`${kind.name} does not find what it made`);
    ids.set(made.id, '{id}');
    await during('find', async (cloud) => void (await kind.find(cloud, { spec: whole, id: made.id })));
    await during('compare', async (cloud) => void (await kind.observe?.(cloud, made, whole)));
    await during('delete', async (cloud) => void (await kind.delete(cloud, made, whole)));
    // Not in the list any more: kinds that can ask for one by its id do so now.
    await during('find', async (cloud) => void (await kind.find(cloud, { spec: whole, id: made.id })));
    await during('list', async (cloud) => {
      for await (const _ of kind.list(cloud));
    });
  } finally {
    await stage.close();
    await simulator.close();
  }
  return once(seen).sort((one, other) => ORDER.indexOf(one.by) - ORDER.indexOf(other.by));
}

const ORDER = ['create', 'find', 'list', 'compare', 'delete'];

function requestText({ method, path }: CloudRequest, ids: ReadonlyMap<string, string>): string {
  const parts = path.split('/').map((part) => ids.get(decodeURIComponent(part)) ?? part);
  return `${method} ${parts.join('/')}`;
}

function once(calls: readonly ObservedCall[]): ObservedCall[] {
  return [...new Map(calls.map((call) => [`${call.by} ${call.operation}`, call])).values()];
}
