/** The simulator as its users hold it: in a test, behind the control API, or behind the command line. */
import type { PartialCredentials, SimulatorCredentials } from './credentials.js';
import type { Fault, FaultReport } from './faults.js';
import type { LoggedRequest } from './request-log.js';
import type { Resources, ResourceView } from './resources.js';
import type { RateLimits, SimulatorSettings } from './settings.js';

/** Where the simulator listens, whom it lets in, and how its clouds behave. */
export interface SimulatorOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default 127.0.0.1: nobody else is to reach it. */
  readonly host?: string;
  /** What differs from the built-in credentials. */
  readonly credentials?: PartialCredentials;
  readonly rateLimits?: RateLimits;
  readonly settings?: Partial<SimulatorSettings>;
}

/** What is there, what was asked, and what was set. */
export interface SimulatorState {
  /** Live ones; what every account has from the start (Studio's `default` workspace, the DataWorks project) is left out. */
  readonly resources: readonly ResourceView[];
  /** Requests that arrived, by operation, refused ones included. */
  readonly requests: Readonly<Record<string, number>>;
  readonly faults: readonly FaultReport[];
}

/** A running simulator, in this process. Close it when done: it keeps the process alive. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, for every cloud. */
  readonly endpoint: string;
  readonly credentials: SimulatorCredentials;
  readonly resources: Resources;
  /** The first line on stdout: `{ endpoint, huawei, naver, alibaba }`. */
  readonly description: { readonly endpoint: string } & SimulatorCredentials;
  state(): SimulatorState;
  /** The latest requests, oldest first, without bodies or credentials. */
  requests(): readonly LoggedRequest[];
  /** Adds one fault or several. Throws an Error that names every problem. */
  setFaults(faults: Fault | readonly Fault[]): void;
  clearFaults(): void;
  settings(): SimulatorSettings;
  changeSettings(changes: Partial<SimulatorSettings>): SimulatorSettings;
  /** Cuts all connections; effects still to come are dropped. */
  close(): Promise<void>;
}
