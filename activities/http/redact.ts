/**
 * Provider text on its way into a failure message. It is untrusted: it may echo our signature's canonical request or a
 * credential, and the message ends up in history. Bounded to what the Temporal UI shows well.
 */
import { hideSecrets } from './hide-secrets.js';

/** Longer failure messages are cut off in Temporal UI's views. */
const MAX_MESSAGE = 180;

/** Signers' debugging help: `verify aksk signature fail, canonicalRequest:…`, `server string to sign is:…`. */
const SIGNING_ECHO =
  /[\s,;:.('"-]*(?:\bserver\s+)?\b(?:canonical[\s_-]*(?:request|string)|string[\s_-]*to[\s_-]*sign).*$/isu;

/** `Signature=…`, `X-Auth-Token: …`, `password=…`. The name stays, it tells what was wrong. */
const NAMED_SECRET =
  /(\b(?:\w+[-_])*(?:signature|token|authorization|password|secret\w*|accessKeySecret)["']?\s*[=:]\s*)\S+/giu;

/** A SHA-256 in hex, or base64 of tokens and certificates, percent-encoded, escaped or broken into lines. Ids are shorter. */
const LONG_CODE = /[A-Za-z0-9+/_=%\\-]{60,}(?:\s+[A-Za-z0-9+/_=-]{16,})*/gu;

/** One line of at most {@link MAX_MESSAGE} characters without double quotes, secrets and echoed signatures. */
export function redact(text: string, secrets: readonly string[]): string {
  const clean = hideSecrets(text, secrets)
    .replace(SIGNING_ECHO, '')
    .replace(LONG_CODE, '***')
    .replace(NAMED_SECRET, '$1***')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('"', "'")
    .trim();
  if (clean.length <= MAX_MESSAGE) return clean;
  return `${clean.slice(0, MAX_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}
