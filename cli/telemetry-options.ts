/** What `worker` and `up` take for those who watch them: how the log looks, how much of it, and where metrics are served. */
import { InvalidArgumentError, Option } from 'commander';
import { LISTEN_FORM, type ListenAddress, parseListen } from '../worker/config/listen.js';

export interface TelemetryOptions {
  readonly listen?: ListenAddress;
  readonly logFormat?: 'text' | 'json';
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

const LEVELS = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

export function telemetryOptions(): readonly Option[] {
  return [
    new Option('--listen <host:port>', 'serve /metrics, /healthz and /readyz here').argParser(listenOption),
    new Option('--log-format <form>', 'form of the log (default: text on a terminal, json elsewhere)').choices([
      'text',
      'json',
    ]),
    new Option('--log-level <level>', 'least that is logged; debug tells each request').choices(Object.keys(LEVELS)),
  ];
}

/** A log that nobody reads as it comes is for programs. */
export function logFormatOf({ logFormat }: TelemetryOptions): 'text' | 'json' {
  return logFormat ?? (process.stderr.isTTY ? 'text' : 'json');
}

export function logLevelOf({ logLevel }: TelemetryOptions): (typeof LEVELS)[keyof typeof LEVELS] | undefined {
  return logLevel && LEVELS[logLevel];
}

function listenOption(text: string): ListenAddress {
  const address = parseListen(text);
  if (address) return address;
  throw new InvalidArgumentError(`It ${LISTEN_FORM}.`);
}
