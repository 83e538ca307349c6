/** The simulator as a process of its own, asked over its control API: what is alive there is the judge's evidence. */
import type { Fault } from '../../simulator/faults.js';
import type { LoggedRequest } from '../../simulator/request-log.js';
import type { SimulatorSettings } from '../../simulator/settings.js';
import type { Simulator, SimulatorState } from '../../simulator/simulator.js';
import { type RunningCli, startCli } from '../cli-process.js';

type Described = Pick<Simulator, 'endpoint' | 'credentials'>;

export class SimulatorProcess {
  private constructor(
    private readonly cli: RunningCli,
    readonly described: Described,
  ) {}

  static async start(): Promise<SimulatorProcess> {
    const cli = startCli(['simulator']);
    const [line = ''] = (await cli.until(/\n/)).split('\n');
    const { endpoint, ...credentials } = JSON.parse(line) as { endpoint: string } & Described['credentials'];
    const end = () => cli.process.kill('SIGKILL');
    process.once('exit', end);
    void cli.ended.then(() => process.off('exit', end));
    return new SimulatorProcess(cli, { endpoint, credentials });
  }

  async stop(): Promise<void> {
    this.cli.process.kill('SIGKILL');
    await this.cli.ended;
  }

  state(): Promise<SimulatorState> {
    return this.ask('GET', 'state');
  }

  async requests(): Promise<readonly LoggedRequest[]> {
    return (await this.ask<{ requests: readonly LoggedRequest[] }>('GET', 'requests')).requests;
  }

  async setFaults(faults: readonly Fault[]): Promise<void> {
    await this.ask('POST', 'faults', faults);
  }

  async clearFaults(): Promise<void> {
    await this.ask('DELETE', 'faults');
  }

  async changeSettings(changes: Partial<SimulatorSettings>): Promise<void> {
    await this.ask('POST', 'settings', changes);
  }

  /** Clears everything away, so that the next sagas find short lists and free names. */
  async removeAll(): Promise<void> {
    for (const { id } of (await this.state()).resources) await this.remove(id);
  }

  async remove(id: string): Promise<void> {
    await this.ask('DELETE', `resources/${encodeURIComponent(id)}`);
  }

  /** How often an operation was called. */
  async calls(operation: string): Promise<number> {
    return (await this.state()).requests[operation] ?? 0;
  }

  private async ask<Answer>(method: string, what: string, body?: unknown): Promise<Answer> {
    const url = `${this.described.endpoint}/__simulator/${what}`;
    const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`The simulator answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
}
