/** Of a run that is closed: what it failed with, or nothing where it ended well. */
import { ProvisionFailedError } from './errors.js';
import type { ProvisionHandle } from './handle.js';

export async function failureOf(handle: ProvisionHandle): Promise<ProvisionFailedError | undefined> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof ProvisionFailedError) return error;
    throw error;
  }
  return undefined;
}
