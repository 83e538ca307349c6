/**
 * A plan that the compiler checks: each resource's spec by its kind, each reference by the steps there are. Does nothing at
 * run time but hand the plan on, and imports nothing but types, so that workflows may use it too. What a type cannot say
 * (lengths, patterns, cycles, which outputs a kind has) is checked before a start.
 */
import type { BuiltInSpecs } from '../activities/providers/built-in-specs.js';
import type { Plan, PlanResource, StepOutputs } from '../contract/plan.js';

/**
 * The spec of each kind by its name. Kinds of your own are added by declaration merging:
 *
 * @example
 * declare module 'temporal-provisioner/plan' {
 *   interface KindSpecs {
 *     'acme.lockers.locker': { name: string; note?: string };
 *   }
 * }
 */
export interface KindSpecs extends BuiltInSpecs {}

/** Another step's output, in place of any value of a spec. It makes that step a dependency. */
export interface Reference<Step extends string = string> {
  readonly $ref: `${Step}.${string}`;
}

/** A secret of the connection, where the kind allows one; read on the worker, never in history. */
export interface Secret {
  readonly $secret: string;
}

/** A spec in which any value may be left to a reference or a secret. */
export type Open<Value, Step extends string> =
  | Reference<Step>
  | Secret
  | (Value extends readonly (infer Item)[]
      ? readonly Open<Item, Step>[]
      : Value extends object
        ? { readonly [Field in keyof Value]: Open<Value[Field], Step> }
        : Value);

/** The whole spec is an object: only what lies in it may be left open. */
type OpenSpec<Spec, Step extends string> = { readonly [Field in keyof Spec]: Open<Spec[Field], Step> };

export type TypedResource<Step extends string> = {
  readonly [Kind in keyof KindSpecs]: Omit<PlanResource, 'kind' | 'spec' | 'dependsOn'> & {
    readonly kind: Kind;
    readonly spec: OpenSpec<KindSpecs[Kind], Step>;
    readonly dependsOn?: readonly Step[];
  };
}[keyof KindSpecs];

/** A plan that knows its steps: the client's results are typed by them. */
export interface TypedPlan<Step extends string> extends Plan {
  readonly resources: { readonly [Name in Step]: PlanResource };
}

/** What a plan of these steps provisions. */
export type ResultOf<Step extends string> = { readonly [Name in Step]: StepOutputs };

/**
 * Hands `plan` on, unchanged, with its steps as its type.
 *
 * @example
 * const plan = definePlan({
 *   name: 'orders',
 *   resources: {
 *     workspace: { kind: 'huawei.dataarts-fabric.workspace', connection: 'huawei', spec: { name: 'orders' } },
 *   },
 * });
 * const { workspace } = await (await provisioner.provision(plan)).result();
 */
export function definePlan<const Step extends string>(
  plan: Omit<Plan, 'resources'> & {
    readonly resources: { readonly [Name in Step]: TypedResource<NoInfer<Step>> };
  },
): TypedPlan<Step> {
  return plan as unknown as TypedPlan<Step>;
}
