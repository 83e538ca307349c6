/**
 * Ends the process once everything is written. Not by itself: a gRPC call that waits for its next attempt when its
 * connection is closed throws outside of any promise (grpc-retry.ts of @temporalio/client 1.24), after all was said.
 */
export async function endProcess(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      stream.write('', () => resolve());
    });
  }
  process.exit();
}
