/** DBOS over a PostgreSQL of its own. */
import { familyOf } from '../measure.js';
import { startPostgres } from '../postgres.js';
import { startProgram } from '../stage.js';
import type { Subject } from '../subject.js';
import { openByMessages } from './by-messages.js';

function dbos(name: string, title: string, saga: 'plain' | 'careful'): Subject {
  return {
    name,
    title,
    open: async ({ simulator }) => {
      const postgres = await startPostgres();
      return openByMessages({
        startWorker: () =>
          startProgram(['bench/peers/dbos-app.js'], {
            BENCH_SIMULATOR: JSON.stringify(simulator.description),
            BENCH_DATABASE: postgres.url,
            BENCH_SAGA: saga,
          }),
        afterKill: 'await',
        servers: () => familyOf(postgres.pid),
        close: () => postgres.close(),
      });
    },
  };
}

export const DBOS = dbos('dbos', 'DBOS with PostgreSQL, `cancelWorkflow`', 'plain');
/** Undos registered before their creates, cancels as messages: what its documentation makes possible. */
export const DBOS_CAREFUL = dbos('dbos-careful', 'DBOS with PostgreSQL, cancels as messages', 'careful');
