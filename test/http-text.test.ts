/** What providers write, on its way into our data and our messages: numbers, nesting, secrets. */
import fc from 'fast-check';
import { LosslessNumber, parse, stringify } from 'lossless-json';
import { expect, test } from 'vitest';
import { retryAfterOf, toCloudAnswer } from '../activities/http/answer.js';
import { parseJson } from '../activities/http/json.js';
import { redact } from '../activities/http/redact.js';

test('integers beyond 2^53 come back as strings, digit by digit', () => {
  expect(parseJson('{"id":1234567890123456789,"n":-9007199254740993,"small":42,"half":0.5}')).toEqual({
    id: '1234567890123456789',
    n: '-9007199254740993',
    small: 42,
    half: 0.5,
  });
  expect(parseJson('[1,\n  -1234567890123456789 ]')).toEqual([1, '-1234567890123456789']);
  expect(parseJson(' 1234567890123456789')).toBe('1234567890123456789');
  expect(parseJson('{"a": 1.5e400}')).toEqual({ a: '1.5e400' });
});

test('any JSON that JavaScript can hold is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      const large = /\d{16}/.test(text) || text.includes('e+') || text.includes('__proto__');
      if (!large) expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('numbers of any length, and strings that look like them, are read as a parser reads them that keeps all digits', () => {
  const edge = 2n ** 53n;
  const any = fc.oneof(
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
    fc.bigInt({ min: edge - 3n, max: edge + 3n }),
  );
  const integer = any.map((value) => new LosslessNumber(`${value}`));
  const other = fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -400, max: 400 }))
    .map(([value, exponent]) => new LosslessNumber(`${String(value).replace(/e.*/u, '')}e${exponent}`));
  const text = fc.oneof(
    fc.string(),
    fc.bigInt().map(String),
    fc.constant('1e999'),
    fc.constant('a \\" 1234567890123456789 b'),
  );
  const leaf = fc.oneof(integer, other, text, fc.boolean(), fc.constant(null));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
  }));
  const readNumber = (digits: string) => {
    const number = Number(digits);
    if (!Number.isFinite(number)) return digits;
    return /^-?\d+$/u.test(digits) && !Number.isSafeInteger(number) ? digits : number;
  };
  fc.assert(
    fc.property(value, (generated) => {
      const json = stringify(generated) as string;
      expect(parseJson(json)).toEqual(parse(json, undefined, { parseNumber: readNumber }));
    }),
    { numRuns: 2_000 },
  );
});

test('a long text does not hide a number that would be rounded', () => {
  const text = 'a"'.repeat(5_000_000);
  const read = parseJson(`${JSON.stringify({ text }).slice(0, -1)},"id":1234567890123456789}`) as Record<
    string,
    string
  >;
  // Not compared as texts: a difference would print them.
  expect([read?.id, read?.text === text]).toEqual(['1234567890123456789', true]);
});

test('whatever is not JSON is undefined and never an exception', () => {
  for (const text of ['', ' ', '<html>', '{', '{"a":}', 'nul', '[1,]', '{1234567890123456789:1}'])
    expect(parseJson(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => void parseJson(text)));
});

test('a body that nests deeper than any document is not read at all', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseJson(deep(100))).toBeDefined();
  expect(parseJson(deep(101))).toBeUndefined();
  expect(parseJson(deep(500_000))).toBeUndefined();
  expect(parseJson(`"${'['.repeat(1_000)}"`)).toBe('['.repeat(1_000));
});

test('the request id is found in the header of each gateway and in each body', () => {
  const answer = (headers: Record<string, string>, body: unknown) =>
    toCloudAnswer({ status: 200, headers, text: JSON.stringify(body) }).requestId;
  expect(answer({ 'x-request-id': 'a' }, { request_id: 'b' })).toBe('a');
  expect(answer({ 'x-acs-request-id': 'c' }, {})).toBe('c');
  expect(answer({}, { request_id: 'd' })).toBe('d');
  expect(answer({}, { RequestId: 'e' })).toBe('e');
  expect(answer({}, { requestId: 'f' })).toBe('f');
  expect(answer({}, [])).toBeUndefined();
});

test('Retry-After is understood in seconds and ignored where it makes no sense', () => {
  expect(retryAfterOf({ 'retry-after': '3' })).toBe(3_000);
  expect(retryAfterOf({ 'retry-after': 'soon' })).toBeUndefined();
  expect(retryAfterOf({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBeUndefined();
  expect(retryAfterOf({ 'retry-after': new Date(Date.now() + 300_000).toUTCString() })).toBeGreaterThan(200_000);
  expect(retryAfterOf({ 'retry-after': '999999999' })).toBe(600_000);
  expect(retryAfterOf({})).toBeUndefined();
});

test('an echoed canonical request or string to sign is cut from a message', () => {
  expect(redact('verify aksk signature fail, canonicalRequest:POST\n/v1\nhost:x', [])).toBe(
    'verify aksk signature fail',
  );
  expect(redact('Specified signature is wrong. server string to sign is:ACS3 abc', [])).toBe(
    'Specified signature is wrong',
  );
  expect(redact('bad: "stringToSign": "x"', [])).not.toContain('x"');
});

test('credential values, signatures and tokens never survive in a message', () => {
  expect(redact('key AKIDEXAMPLE of user', ['AKIDEXAMPLE'])).toBe('key *** of user');
  expect(redact('Signature=abc123, X-Auth-Token: MIIabc and password="x y"', [])).not.toMatch(/abc|MII|"x/);
  expect(redact(`hash ${'0a'.repeat(32)} here`, [])).toBe('hash *** here');
  expect(redact('X-Auth-Token is invalid in the request', [])).toBe('X-Auth-Token is invalid in the request');
});

test('any text becomes one short line without double quotes and known secrets', () => {
  const secret = fc.string({ minLength: 4, maxLength: 30 }).filter((text) => !/[\s"*'…]/.test(text));
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'binary' }), secret, fc.string(), (before, word, after) => {
      const message = redact(`${before}${word}${after}`, [word]);
      expect(message.length).toBeLessThanOrEqual(180);
      expect(message).not.toMatch(/["\n\r\u2028]/);
      expect(message).not.toContain(word);
    }),
  );
});
