/**
 * The control API under `/__simulator/`: what a test or an operator asks of the simulator itself. Unsigned, and plain
 * JSON; a wrong request is a 400 with `{ "error": … }` that names the path and what would be right.
 */
import { consolePage } from './console.js';
import type { Fault } from './faults.js';
import type { Answer, RawRequest } from './http.js';
import { parseChanges, parsePlanted } from './resources.js';
import { parseSettings } from './settings.js';
import type { Simulator } from './simulator.js';

export const CONTROL_PREFIX = '/__simulator/';

type Handler = (simulator: Simulator, body: () => unknown, id: string) => Answer;

const ok = (body: unknown, status = 200): Answer => ({ status, body });

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET state': (simulator) => ok(simulator.state()),
  'GET console/': (simulator, _body, id) => consolePage(decodeURIComponent(id), simulator.resources.list()),
  'GET requests': (simulator) => ok({ requests: simulator.requests() }),
  'POST faults': (simulator, body) => {
    // Checked in there, whatever it is.
    simulator.setFaults(body() as Fault);
    return ok({ faults: simulator.state().faults }, 201);
  },
  'DELETE faults': (simulator) => {
    simulator.clearFaults();
    return ok({ faults: [] });
  },
  'GET settings': (simulator) => ok(simulator.settings()),
  'POST settings': (simulator, body) => ok(simulator.changeSettings(parseSettings(body()))),
  'POST resources': (simulator, body) => ok(simulator.resources.plant(parsePlanted(body())), 201),
  'PATCH resources/': (simulator, body, id) => ok(simulator.resources.edit(id, parseChanges(body()))),
  'DELETE resources/': (simulator, _body, id) => {
    simulator.resources.remove(id);
    return ok({ id });
  },
};

export function control(simulator: Simulator, request: RawRequest): Answer {
  const [name = '', id] = request.path.slice(CONTROL_PREFIX.length).split('/');
  const handler = HANDLERS[`${request.method} ${name}${id === undefined ? '' : '/'}`];
  if (!handler) return ok({ error: `no such control call; there are ${Object.keys(HANDLERS).join(', ')}` }, 404);
  try {
    return handler(simulator, () => jsonOf(request.body), id ?? '');
  } catch (error) {
    return ok({ error: error instanceof Error ? error.message : 'the request cannot be understood' }, 400);
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Error('body: must be JSON');
  }
}
