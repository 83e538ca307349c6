/**
 * Whether a prebuilt bundle may run in the installed worker. The sandbox's half of the SDK is in the bundle and talks to the
 * worker's half in the SDK's internal terms, which hold within one minor version.
 */

export interface SdkVersions {
  /** Of `@temporalio/workflow` in the bundle. */
  readonly bundled: string;
  /** Of `@temporalio/worker` where it runs. */
  readonly installed: string;
}

/** What to do where they do not go together; undefined where they do. */
export function sdkMismatch({ bundled, installed }: SdkVersions): string | undefined {
  const wanted = minorOf(bundled);
  if (minorOf(installed) === wanted) return undefined;
  return (
    `The prebuilt workflow bundle holds Temporal's SDK ${bundled}, but @temporalio/worker is ${installed} here. ` +
    `Install ${wanted} of all @temporalio packages, the peer dependencies of temporal-provisioner, ` +
    "or bundle 'temporal-provisioner/workflows' with your own SDK, by workflowsPath."
  );
}

function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}
