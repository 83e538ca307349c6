/** A worker process whose probes and metrics a test asks for, and the samples in what it answers. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Probe {
  readonly status: number;
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

/** Undefined where nobody listens. */
export async function probe(url: string): Promise<Probe | undefined> {
  const response = await fetch(url).catch(() => undefined);
  if (!response) return undefined;
  return { status: response.status, ...((await response.json()) as Omit<Probe, 'status'>) };
}

/** The first answer that is as wanted; the test's own time-out ends it. */
export async function probeUntil(url: string, wanted: (probe: Probe) => boolean): Promise<Probe> {
  for (;;) {
    const answer = await probe(url);
    if (answer && wanted(answer)) return answer;
    await sleep(100);
  }
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus's text format, as far as our exporters use it. */
export function samplesOf(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([a-zA-Z_:]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** The value of the one sample with these labels, others aside; undefined where there is none. */
export function sampleOf(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}): number | undefined {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
