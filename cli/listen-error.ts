/** Why a server of ours could not listen, in words that say what to choose instead. */
import { CliError, EXIT } from './exit.js';

export interface Place {
  readonly port: number;
  readonly host: string;
  /** The option that takes both. Default: one for each, `--port` and `--host`. */
  readonly flag?: string;
}

export function listenError(error: unknown, { port, host, flag }: Place): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new CliError(
        EXIT.invalid,
        `Port ${port} is taken; choose another with ${flag ?? '--port'}, or 0 for a free one`,
      );
    case 'EACCES':
      return new CliError(
        EXIT.invalid,
        `Port ${port} needs more rights; choose one above 1023 with ${flag ?? '--port'}`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CliError(
        EXIT.invalid,
        `${host} is not an address of this machine; choose another with ${flag ?? '--host'}`,
      );
    default:
      return error;
  }
}
