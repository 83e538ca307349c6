/** Workflows of a user that take a resource without a plan, and use it in ways that an example would not. */
import { isCancellation, sleep } from '@temporalio/workflow';
import { resource } from '../../workflows/resource.js';

const lab = () => resource('huawei.dataarts-fabric.workspace', { connection: 'c', step: 'lab' });
const spec = { name: 'lab-ws' };

/** Gives up waiting for it, and deletes it. */
export async function impatient(): Promise<string> {
  const own = lab();
  const made = own.create(spec).then(
    () => 'made',
    (error: unknown) => (isCancellation(error) ? 'cancelled' : 'failed'),
  );
  const first = await Promise.race([made, sleep('1 min').then(() => 'late')]);
  await Promise.all([own.delete(), own.delete()]);
  return first;
}

/** Tries to make it once more where that failed. */
export async function stubborn(): Promise<string> {
  const own = lab();
  const words = async (error: unknown) =>
    ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
  try {
    await own.create(spec);
    return 'made';
  } catch {
    return await own.create(spec).then(() => 'made', words);
  } finally {
    await own.delete();
  }
}

/** Names it as no marker can. */
export async function unnamed(step: string): Promise<void> {
  await resource('huawei.dataarts-fabric.workspace', { connection: 'c', step }).create(spec);
}
