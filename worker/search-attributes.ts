/** What a worker does about search attributes when it starts: a missing one is an error, an unknown one a warning. */
import type { Connection } from '@temporalio/client';
import type { Logger } from '@temporalio/common';
import { missingSearchAttributes, SearchAttributeError } from './ensure-search-attributes.js';

type Services = Pick<Connection, 'workflowService' | 'operatorService'>;

/** Throws {@link SearchAttributeError} where the namespace lacks one; only warns where the server does not tell. */
export async function checkSearchAttributes(connection: Services, namespace: string, logger: Logger): Promise<void> {
  const check = await missingSearchAttributes(connection, namespace);
  if (check.unknown) {
    logger.warn('Search attributes could not be listed: runs fail to start where they are missing', { namespace });
    return;
  }
  if (check.missing.length === 0) return;
  const what = `Namespace ${namespace} lacks the search attributes ${check.missing.join(', ')}`;
  throw new SearchAttributeError(`${what}: create them with \`provisioner setup\`, or set searchAttributes: false.`);
}
