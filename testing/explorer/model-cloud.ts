/**
 * A cloud that does what clouds may do: effects that land late, resources that do not show yet, lists that lag behind,
 * deletes that take a while. It decides nothing: the schedule says what happens, this keeps what is there.
 */
import type { Sighting } from '../../activities/kind.js';

export interface Thing {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  status: Sighting['status'];
  /** Not in any look-up before it is. */
  shown: boolean;
  /** In every look-up from then on. */
  readonly shownBy: number;
}

/** Something under way that lands at any time up to its deadline, or never. */
export type Flying = { readonly deadline: number; readonly seq: number } & (
  | { readonly is: 'create'; readonly name: string; readonly description: string | undefined }
  | { readonly is: 'delete'; readonly id: string }
  /** These must happen: at the deadline if not before. */
  | { readonly is: 'show'; readonly id: string }
  | { readonly is: 'ready'; readonly id: string }
  | { readonly is: 'vanish'; readonly id: string }
);

/** What a model cloud promises, and does. */
export interface CloudModel {
  /** It refuses a second resource of the same name, and documents that. */
  readonly duplicates: 'refused' | 'possible';
  /** The create's answer holds the id. */
  readonly answersId: boolean;
  /** What it promises: a create has taken effect, and every list shows it, so long after it was sent at the latest. */
  readonly windowMs: number;
  /** What it really does. Default: as it promises. */
  readonly landsWithinMs?: number;
}

export class ModelCloud {
  things: Thing[] = [];
  flying: Flying[] = [];
  /** What a list that lags behind still shows, and since when it is outdated. */
  private before: { readonly things: readonly Thing[]; readonly until: number } = { things: [], until: -1 };
  private made = 0;
  private flights = 0;

  /** @param letter Its ids begin with it. */
  constructor(
    readonly model: CloudModel,
    private readonly letter: string,
  ) {}

  /** Undefined where the name is taken and the cloud refuses a second one. */
  create(
    now: number,
    name: string,
    description: string | undefined,
    shownBy = now + this.model.windowMs,
  ): Thing | undefined {
    if (this.model.duplicates === 'refused' && this.things.some((thing) => thing.name === name)) return undefined;
    this.outdate(now);
    this.made += 1;
    const thing: Thing = {
      id: `${this.letter}${this.made}`,
      name,
      description,
      createdAt: now,
      status: 'ready',
      shown: true,
      shownBy,
    };
    this.things.push(thing);
    return thing;
  }

  remove(now: number, id: string): void {
    if (!this.find(id)) return;
    this.outdate(now);
    this.things = this.things.filter((thing) => thing.id !== id);
  }

  find(id: string): Thing | undefined {
    return this.things.find((thing) => thing.id === id);
  }

  shown(): readonly Thing[] {
    return this.things.filter(({ shown }) => shown);
  }

  /** Undefined where a list cannot lag so far behind that it would show something else. */
  stale(now: number): readonly Thing[] | undefined {
    const { things, until } = this.before;
    if (until < 0 || now - until > this.model.windowMs) return undefined;
    const known = new Set(things.map(({ id }) => id));
    return [...things, ...this.shown().filter(({ id, shownBy }) => shownBy < now && !known.has(id))];
  }

  launch(now: number, flight: DistributiveOmit<Flying, 'deadline' | 'seq'>): void {
    this.flights += 1;
    this.flying.push({
      ...flight,
      deadline: now + (this.model.landsWithinMs ?? this.model.windowMs),
      seq: this.flights,
    } as Flying);
  }

  land(now: number, seq: number): void {
    const flight = this.flying.find((each) => each.seq === seq);
    this.flying = this.flying.filter((each) => each !== flight);
    if (flight) this.happen(now, flight);
  }

  /** Time passes: what had to happen has happened, what could have happened did not. */
  pass(now: number): void {
    for (const flight of this.flying.filter(({ deadline }) => deadline < now)) {
      this.flying = this.flying.filter((each) => each !== flight);
      if (flight.is !== 'create' && flight.is !== 'delete') this.happen(flight.deadline, flight);
    }
  }

  private happen(now: number, flight: Flying): void {
    if (flight.is === 'create') this.create(now, flight.name, flight.description, flight.deadline);
    else if (flight.is === 'delete' || flight.is === 'vanish') this.remove(now, flight.id);
    else {
      const thing = this.find(flight.id);
      if (!thing) return;
      if (flight.is === 'ready') thing.status = 'ready';
      else {
        this.outdate(now);
        thing.shown = true;
      }
    }
  }

  private outdate(now: number): void {
    this.before = { things: this.shown().map((thing) => ({ ...thing })), until: now };
  }

  /** Everything that may matter later, as text. */
  state(): string {
    return JSON.stringify([this.things, this.flying, this.before, this.made]);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
