/** How far this machine's clock is from a cloud's, by the `Date` of its answers: signatures carry the time of signing. */
import type { Provider } from '../../activities/cloud.js';
import type { ExchangeReport } from '../../activities/watch.js';
import type { Finding } from './finding.js';

/** Clocks that are kept by NTP agree within a second; one that is a minute off is kept by nobody, and will drift on. */
const UNKEPT_MS = 60_000;

/** `Date` tells whole seconds (RFC 9110, 6.6.1): on average half of one has passed. */
const HALF_A_SECOND_MS = 500;

export function clockFinding(area: string, provider: Provider, exchanges: readonly ExchangeReport[]): Finding {
  const of = { area, check: 'clock' };
  const skews = exchanges.flatMap(({ cloudTime, startedAt, durationMs }) =>
    cloudTime === undefined ? [] : [startedAt + durationMs / 2 - (cloudTime + HALF_A_SECOND_MS)],
  );
  const skew = skews.at(-1);
  if (skew === undefined) return { ...of, level: 'unchecked', says: 'no answer told its time' };
  const ms = Math.abs(skew);
  if (ms <= UNKEPT_MS) return { ...of, level: 'fine', says: `agrees within ${Math.ceil(ms / 1000)} s` };
  const says = `this machine’s clock is ${Math.round(ms / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} the cloud’s`;
  const remedy = 'set it, and keep it by NTP';
  const { clockToleranceMs } = provider;
  const refused = clockToleranceMs !== undefined && ms > clockToleranceMs;
  const limit =
    clockToleranceMs === undefined ? '' : `; signatures are taken up to ${clockToleranceMs / 60_000} min off`;
  return { ...of, level: refused ? 'failure' : 'warning', says: `${says}${limit}`, remedy };
}
