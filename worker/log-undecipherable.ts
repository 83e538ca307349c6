/** What a worker cannot decrypt stands in its log: in the history it is encrypted as well, under a key that the reader may lack. */
import type { Logger, WorkerOptions } from '@temporalio/worker';
import { EncryptionCodec } from '../encryption/codec.js';

/** A task that fails is tried again for hours, each time with every payload of its history. */
const ONCE_IN_MS = 60_000;

export function logUndecipherable(options: WorkerOptions, logger: () => Logger): void {
  const toldAt = new Map<string, number>();
  for (const codec of options.dataConverter?.payloadCodecs ?? []) {
    if (!(codec instanceof EncryptionCodec)) continue;
    codec.tellTo(({ message, reason }) => {
      const now = performance.now();
      // By its kind: the message names a key, by whatever id somebody wrote.
      if (now - (toldAt.get(reason) ?? Number.NEGATIVE_INFINITY) < ONCE_IN_MS) return;
      toldAt.set(reason, now);
      logger().error(message, { reason, taskQueue: options.taskQueue });
    });
  }
}
