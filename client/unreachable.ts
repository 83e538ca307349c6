/** How the Temporal server says that it cannot be worked with, and what to do then. */
import { isGrpcServiceError } from '@temporalio/client';

/** gRPC status codes (grpc.io, "Status Codes") with which a server says that it cannot be worked with. */
const UNREACHABLE: Readonly<Record<number, string>> = {
  4: 'The Temporal server did not answer in time',
  5: 'The Temporal server does not know this namespace or workflow; check --namespace',
  7: 'The Temporal server denies access; check the credentials of the Temporal profile',
  14: 'The Temporal server cannot be reached; start one with: provisioner up, or name one with --address',
  16: 'The Temporal server does not accept the credentials; check the Temporal profile',
};

/** One line for people, or undefined where the error is another one. */
export function unreachable(error: unknown): string | undefined {
  const code = grpcCode(error);
  return code === undefined ? undefined : UNREACHABLE[code];
}

/** The SDK wraps gRPC errors in its own, one or two deep. */
export function grpcCode(error: unknown): number | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 4; inner = inner.cause as Error, depth++) {
    if (isGrpcServiceError(inner)) return inner.code;
  }
  return undefined;
}
