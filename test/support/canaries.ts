/** Where a secret hides: every form in which it could be told without being seen at once. */

const latin = (text: string) =>
  text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const jsonOf = (text: string) => JSON.stringify(text).slice(1, -1);

/** The characters of base64 that are the secret's alone, for each place in a group of three where it may begin. */
function base64Inside(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const own = [Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6)] as const;
    return [whole.toString('base64').slice(...own), whole.toString('base64url').slice(...own)];
  });
}

export function formsOf(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  const encoded = encodeURIComponent(secret);
  const json = jsonOf(secret);
  const forms = [
    ...[secret, json, jsonOf(json), latin(json), json.replaceAll('/', '\\/')],
    ...[
      encoded,
      encodeURIComponent(encoded),
      encodeURIComponent(json),
      encoded.replaceAll('%20', '+'),
      encoded.toLowerCase(),
    ],
    ...[hex, hex.toUpperCase(), ...base64Inside(secret)],
  ];
  return [...new Set(forms)];
}

export interface Finding {
  readonly place: string;
  readonly secret: string;
  readonly around: string;
}

/** Every secret in every form in every place; empty is what is wanted. */
export function search(places: Readonly<Record<string, string>>, secrets: readonly string[]): Finding[] {
  return Object.entries(places).flatMap(([place, text]) =>
    secrets.flatMap((secret) => {
      const at = formsOf(secret)
        .map((form) => text.indexOf(form))
        .find((index) => index >= 0);
      return at === undefined ? [] : [{ place, secret, around: text.slice(Math.max(0, at - 80), at + 80) }];
    }),
  );
}

/** As text that hides nothing: payloads, which are bytes, decoded. Protobuf's own `toJSON` would make base64 of them. */
export const asText = (value: unknown): string => JSON.stringify(plain(value, (bytes) => bytes.toString('utf8')));

/** As protobuf's JSON has it: payloads in base64. */
export const asProtobufJson = (value: unknown): string =>
  JSON.stringify(plain(value, (bytes) => bytes.toString('base64')));

function plain(value: unknown, write: (bytes: Buffer) => string): unknown {
  if (value instanceof Uint8Array) return write(Buffer.from(value));
  if (typeof value === 'bigint' || value instanceof Date) return String(value);
  if (Array.isArray(value)) return value.map((each) => plain(each, write));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, write)]));
}
