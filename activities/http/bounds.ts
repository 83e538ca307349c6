/** The bounds of one HTTP exchange, each with its reason. Tests shorten them; nothing else does. */

export interface Bounds {
  /** TCP and TLS. Below the send window of 5 s, so that a create can connect and still leave inside its fence. */
  readonly connectMs: number;
  /** From leaving until the status line. Below the total, so that a slow body is told from a silent server. */
  readonly headersMs: number;
  /** From asking for a connection until the last byte. No late-commit window may be shorter. */
  readonly totalMs: number;
  /** Four times the largest documented list page of the four clouds; more is a fault or an attack. */
  readonly maxResponseBytes: number;
}

export const BOUNDS: Bounds = {
  connectMs: 3_000,
  headersMs: 18_000,
  totalMs: 20_000,
  maxResponseBytes: 2_000_000,
};

/** IAM tokens of Huawei come in a response header and may be 65,534 characters long (DataArtsFabric API, X-Auth-Token). */
export const MAX_HEADER_BYTES = 131_072;

/** A request that could not leave in its send window asks for permission again, so often, then gives up unsent. */
export const MAX_FENCES = 5;
