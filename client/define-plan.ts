/** `definePlan` with the kinds that there are. */
import type { KindSpecs } from '../activities/kind-specs.js';
import { planDefiner } from '../contract/typed-plan.js';

/**
 * Hands `plan` on, unchanged, with its steps as its type: a wrong field of a spec, a reference to a step that there is not,
 * and a step of the result that the plan has not, do not compile.
 *
 * @example
 * ```typescript
 * const plan = definePlan({
 *   name: 'orders',
 *   resources: {
 *     workspace: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'orders' } },
 *   },
 * });
 * const { workspace } = await (await provisioner.provision(plan)).result();
 * ```
 */
export const definePlan = planDefiner<KindSpecs>();
