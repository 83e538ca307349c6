/** Times, ages and links as the pages say them. */

/** Text from outside that no page hands on: direction marks rewrite what a reader sees, controls are nothing to read. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line. Escaping is the page's. */
export function plain(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** `45 s`, `3 min`, `2 h 5 min`, `4 d 1 h`; undefined where there is no time. */
export function age(since: string | undefined, now: number): string | undefined {
  const from = since === undefined ? Number.NaN : Date.parse(since);
  if (Number.isNaN(from)) return undefined;
  const seconds = Math.max(0, Math.floor((now - from) / 1_000));
  const at = UNITS.findIndex(([length]) => seconds >= length);
  const unit = UNITS[at];
  if (!unit) return `${seconds} s`;
  const [length, name] = unit;
  const finer = UNITS[at + 1];
  const rest = finer ? Math.floor((seconds % length) / finer[0]) : 0;
  return `${Math.floor(seconds / length)} ${name}${rest > 0 && finer ? ` ${rest} ${finer[1]}` : ''}`;
}

/** `2026-11-26 20:41:03 UTC`; as it is where it is no time. */
export function clock(time: Date | string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? plain(String(time))
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Only what a browser may follow: a link that somebody else wrote could hold a script. */
export function webLink(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** Cut to a width, with an ellipsis. */
export function cut(text: string, most: number): string {
  const one = plain(text);
  return one.length <= most ? one : `${one.slice(0, most - 1)}…`;
}
