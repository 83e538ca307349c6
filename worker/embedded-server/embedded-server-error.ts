/** Why no embedded server could be started, in one line that says what to do. */

export type EmbeddedServerReason =
  | 'cli-not-found'
  | 'cli-unusable'
  | 'cache-not-writable'
  | 'port-taken'
  | 'start-failed';

export class EmbeddedServerError extends Error {
  override readonly name = 'EmbeddedServerError';

  constructor(
    message: string,
    readonly reason: EmbeddedServerReason,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
