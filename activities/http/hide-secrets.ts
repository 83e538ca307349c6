/**
 * Takes secrets out of a text however an echo spells them: escaped for JSON, percent-encoded, as HTML entities, each of
 * these several times over and mixed, in hex, inside something in base64, or cut off in the middle. The text is decoded
 * until nothing is left to decode, and each character remembers where it came from; so no list of encoders is needed.
 */

/** Shorter ones would take half of every message with them. */
const SHORTEST_SECRET = 4;
/** A piece of a secret, or of its base64, that is shorter says nothing. */
const SHORTEST_PIECE = 8;
/** More of a cut secret than this is looked for in vain: messages are much shorter. */
const LONGEST_PIECE = 512;

export function hideSecrets(untrusted: string, secrets: readonly string[]): string {
  const known = secrets.filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  let text = untrusted;
  for (const secret of known) text = text.replaceAll(secret, '***');
  const needles = known.flatMap(needlesOf);
  const decoded = decode(text);
  const { chars } = decoded;
  const hits = needles.flatMap((needle) => [...findAll(chars, needle), ...findCut(chars, needle)]);
  if (hits.length === 0) return text;
  const { from, to } = decoded.origins();
  let clean = '';
  let end = 0;
  for (const [first, last] of hits.sort(([a], [b]) => a - b)) {
    const start = from[first] ?? 0;
    if (start >= end) clean += `${text.slice(end, start)}***`;
    end = Math.max(end, to[last] ?? 0);
  }
  return clean + text.slice(end);
}

type Hit = readonly [first: number, last: number];

/** Secrets are few and stay for long, and every line of a log is looked through for them. */
const REMEMBERED = new Map<string, readonly string[]>();
const MOST_REMEMBERED = 1_000;

function needlesOf(secret: string): readonly string[] {
  const remembered = REMEMBERED.get(secret);
  if (remembered) return remembered;
  if (REMEMBERED.size >= MOST_REMEMBERED) REMEMBERED.clear();
  const needles = makeNeedles(secret);
  REMEMBERED.set(secret, needles);
  return needles;
}

/** What a decoded text holds where the secret was: the secret itself, its hex, or what is its own of any base64 around it. */
function makeNeedles(secret: string): readonly string[] {
  const { chars } = decode(secret);
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const own = [Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6)] as const;
    return [whole.toString('base64').slice(...own), whole.toString('base64url').slice(...own)];
  });
  const hex = bytes.toString('hex');
  const codes = [...base64, hex, hex.toUpperCase()].filter(({ length }) => length >= SHORTEST_PIECE);
  const spelt = chars.length >= SHORTEST_SECRET ? [chars] : [];
  return [...spelt, ...codes.map((code) => decode(code).chars)];
}

function findAll(chars: string, needle: string): Hit[] {
  const hits: Hit[] = [];
  for (let at = chars.indexOf(needle); at >= 0; at = chars.indexOf(needle, at + 1)) {
    hits.push([at, at + needle.length - 1]);
  }
  return hits;
}

/** Where a cloud cut its message off: an ellipsis, or the end, perhaps after a closing quote or bracket. */
const CUTS = /[\s'"`)\]}>]*(?:\u00e2\u0080\u00a6|\.{2,}|$)/g;
const MOST_CUTS = 20;

/** Most of a secret, before such a place. */
function findCut(chars: string, needle: string): Hit[] {
  const shortest = Math.max(SHORTEST_PIECE, Math.ceil((needle.length * 2) / 3));
  const longest = Math.min(needle.length - 1, LONGEST_PIECE);
  // Every piece that is looked for begins so: nearly every text is done with here.
  if (!chars.includes(needle.slice(0, shortest))) return [];
  const ends = [...chars.matchAll(CUTS)].slice(-MOST_CUTS).map(({ index }) => index);
  return ends.flatMap((end) => {
    for (let length = longest; length >= shortest; length--) {
      if (chars.endsWith(needle.slice(0, length), end)) return [[end - length, end - 1] as const];
    }
    return [];
  });
}

/** A text as bytes, one character each, and where in the original each begins and ends. */
interface Decoded {
  readonly chars: string;
  /** Worked out where something was found, and where a code is written anew. */
  origins(): Origins;
}

interface Origins {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Deeper nesting than any chain of services between a cloud's code and us makes. */
const MAX_ROUNDS = 8;

function decode(text: string): Decoded {
  let decoded = asBytes(text);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = rewrite(decoded, CODES, byteString);
    if (next.chars.length === decoded.chars.length) break;
    decoded = next;
  }
  // What remains of escapes, and two ways to write a blank: folded alike in the text and in the secret.
  return rewrite(decoded, /\\+|[+\n\r\t]/g, ([mark = '']) => FOLDED[mark] ?? '');
}

const FOLDED: Readonly<Record<string, string>> = { '+': ' ', '\n': 'n', '\r': 'r', '\t': 't' };

function asBytes(text: string): Decoded {
  return { chars: Buffer.from(text).toString('latin1'), origins: () => originsOf(text) };
}

function originsOf(text: string): Origins {
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let byte = 0; byte < bytes; byte++) {
      from.push(at);
      to.push(at + char.length);
    }
    at += char.length;
  }
  return { from, to };
}

const HEX = '[0-9a-fA-F]';
const CODES = new RegExp(
  [
    `%(${HEX}{2})`,
    `\\\\+u([dD][89abAB]${HEX}{2})\\\\+u([dD][c-fC-F]${HEX}{2})`,
    `\\\\+u(${HEX}{4})`,
    `&#(\\d{1,7});`,
    `&#[xX](${HEX}{1,6});`,
    '&(quot|amp|apos|lt|gt);',
  ].join('|'),
  'g',
);
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', apos: "'", lt: '<', gt: '>' };

function byteString([whole = '', percent, high, low, unit, decimal, hex, entity]: readonly (
  | string
  | undefined
)[]): string {
  if (percent) return String.fromCharCode(Number.parseInt(percent, 16));
  const code = decimal ? Number(decimal) : Number.parseInt(hex ?? unit ?? '', 16);
  const char =
    high && low
      ? String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16))
      : entity
        ? ENTITIES[entity]
        : code <= 0x10ffff && String.fromCodePoint(code);
  return char ? Buffer.from(char).toString('latin1') : whole;
}

function rewrite(source: Decoded, pattern: RegExp, write: (match: RegExpMatchArray) => string): Decoded {
  if (source.chars.search(pattern) < 0) return source;
  const before = source.origins();
  const chars: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let end = 0;
  const copyUntil = (until: number) => {
    for (; end < until; end++) {
      chars.push(source.chars[end] ?? '');
      from.push(before.from[end] ?? 0);
      to.push(before.to[end] ?? 0);
    }
  };
  for (const match of source.chars.matchAll(pattern)) {
    copyUntil(match.index);
    end = match.index + match[0].length;
    for (const char of write(match)) {
      chars.push(char);
      from.push(before.from[match.index] ?? 0);
      to.push(before.to[end - 1] ?? 0);
    }
  }
  copyUntil(source.chars.length);
  return { chars: chars.join(''), origins: () => ({ from, to }) };
}
