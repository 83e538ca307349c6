/** Faults by the number under which they were set, and whether they met a call yet. One clock asks for all who wait. */
import type { Fault } from '../../simulator/faults.js';
import type { Simulator } from '../../simulator/start.js';

const ASK_EVERY_MS = 20;

export class FaultWatch {
  private readonly waiting = new Map<number, () => void>();
  private readonly clock = setInterval(() => this.ask(), ASK_EVERY_MS);

  constructor(private readonly simulator: Simulator) {}

  set(fault: Fault): number {
    this.simulator.setFaults(fault);
    return this.simulator.state().faults.length - 1;
  }

  fired(number: number): number {
    return this.simulator.state().faults[number]?.fired ?? 0;
  }

  /** Resolves once the fault has met a call. */
  async met(number: number): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.set(number, resolve));
  }

  close(): void {
    clearInterval(this.clock);
  }

  private ask(): void {
    if (this.waiting.size === 0) return;
    const { faults } = this.simulator.state();
    for (const [number, resolve] of [...this.waiting]) {
      if ((faults[number]?.fired ?? 0) === 0) continue;
      this.waiting.delete(number);
      resolve();
    }
  }
}
