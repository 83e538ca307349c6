/**
 * Text from outside, made harmless for a terminal: what a provider says may hold escape sequences or direction marks
 * that rewrite what a reader sees.
 */

// C0 and C1 controls, and the marks of Unicode's bidirectional algorithm (Unicode Technical Report 36, section 2).
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line without control characters. */
export function printable(text: string): string {
  return text.replace(UNSAFE, ' ').trim();
}

/** JSON that no terminal interprets. JSON.stringify escapes C0 controls only. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escaped);
}
