/** The application's own: where it writes down what it has got. Here that is the log. */
import { log } from '@temporalio/activity';

export async function register(tenant: string, workspaceId: string): Promise<void> {
  log.info('registered', { tenant, workspaceId });
}

export async function notify(tenant: string, message: string): Promise<void> {
  log.warn(message, { tenant });
}

/** Stands for work in a workspace that is needed for an hour. */
export async function runExperiment(workspaceId: string): Promise<string> {
  if (!workspaceId) throw new Error('no workspace');
  return 'done';
}
