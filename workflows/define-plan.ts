/** `definePlan` for workflows: the same as the client's, which a workflow's bundle cannot hold. */
import type { KindSpecs } from '../activities/kind-specs.js';
import { planDefiner } from '../contract/typed-plan.js';

/** Hands `plan` on, unchanged, with its steps as its type. */
export const definePlan = planDefiner<KindSpecs>();
