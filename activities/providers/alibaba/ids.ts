/**
 * Ids of DataWorks: up to 19 digits, beyond what a double holds. They were JSON strings, then numbers (2025-01), then
 * strings again (2025-12), as the change history of CreateWorkflowDefinition tells: both are read, digits are kept.
 */
import { z } from 'zod';
import type { Cloud } from '../../cloud.js';
import { ProviderError } from '../../provider-error.js';

/** An id in an answer. The transport gives integers beyond 2^53 as strings, digit by digit. */
export const idSchema = z.union([z.string().min(1), z.int().min(0).transform(String)]);

const WORKSPACE_ID = 'must be the workspace id: digits, as a string or as an integer below 2^53';

/** An id in a spec. A number beyond 2^53 has lost digits before we saw it. */
export const specId = z.union(
  [z.string().regex(/^\d{1,20}$/, WORKSPACE_ID), z.int(WORKSPACE_ID).min(1, WORKSPACE_ID)],
  WORKSPACE_ID,
);

/** The workspace (ProjectId) that a call is about. */
export function projectOf(cloud: Cloud, own: string | number | undefined): string {
  const projectId = own ?? cloud.scope.projectId;
  if (projectId !== undefined) return String(projectId);
  throw new ProviderError('ProjectId is missing: give it in the spec, or as scope.projectId of the connection', {
    type: 'Misconfigured',
    retryable: false,
    sent: 'never',
    provider: 'alibaba',
    operation: 'ListWorkflowDefinitions',
  });
}
