/** DBOS over a PostgreSQL of its own. */
import { familyOf } from '../measure.js';
import { startPostgres } from '../postgres.js';
import { startProgram } from '../stage.js';
import type { Subject } from '../subject.js';
import { openByMessages } from './by-messages.js';

export const DBOS: Subject = {
  name: 'dbos',
  title: 'DBOS with PostgreSQL, `cancelWorkflow`',
  open: async ({ simulator }) => {
    const postgres = await startPostgres();
    return openByMessages({
      startWorker: () =>
        startProgram(['bench/peers/dbos-app.js'], {
          BENCH_SIMULATOR: JSON.stringify(simulator.description),
          BENCH_DATABASE: postgres.url,
        }),
      afterKill: 'await',
      servers: () => familyOf(postgres.pid),
      close: () => postgres.close(),
    });
  },
};
