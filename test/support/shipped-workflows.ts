/** The workflows as the package ships them, and the parent that provisions as one of its steps. */
import { executeProvision } from 'temporal-provisioner/workflows';
import type { Plan, ProvisionResult } from '../../contract/plan.js';

export * from 'temporal-provisioner/workflows';

export async function parent(plan: Plan): Promise<ProvisionResult> {
  return executeProvision(plan);
}
