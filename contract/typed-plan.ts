/**
 * A plan that the compiler checks: each resource's spec by its kind, each reference by the steps there are. What a type cannot
 * say (lengths, patterns, cycles, which outputs a kind has) is checked before a start.
 */
import type { Plan, PlanResource, StepOutputs } from './plan.js';

/** Another step's output, in place of any value of a spec. It makes that step a dependency. */
export interface Reference<Step extends string = string> {
  readonly $ref: `${Step}.${string}`;
}

/** A secret of the connection, where the kind allows one; read on the worker, never in history. */
export interface Secret {
  readonly $secret: string;
}

/** A spec in which any value may be left to a reference or a secret. */
type Open<Value, Step extends string> =
  | Reference<Step>
  | Secret
  | (Value extends readonly (infer Item)[]
      ? readonly Open<Item, Step>[]
      : Value extends object
        ? { readonly [Field in keyof Value]: Open<Value[Field], Step> }
        : Value);

/** The whole spec is an object: only what lies in it may be left open. */
type OpenSpec<Spec, Step extends string> = { readonly [Field in keyof Spec]: Open<Spec[Field], Step> };

type TypedResource<Specs, Step extends string> = {
  readonly [Kind in keyof Specs]: Omit<PlanResource, 'kind' | 'spec' | 'dependsOn'> & {
    readonly kind: Kind;
    readonly spec: OpenSpec<Specs[Kind], Step>;
    readonly dependsOn?: readonly Step[];
  };
}[keyof Specs];

/** A plan that knows its steps: results are typed by them. */
export interface TypedPlan<Step extends string> extends Plan {
  readonly resources: { readonly [Name in Step]: PlanResource };
}

/** What a plan of these steps provisions. */
export type ResultOf<Step extends string> = { readonly [Name in Step]: StepOutputs };

/** @typeParam Specs The spec of each kind by the kind's name. */
export type DefinePlan<Specs> = <const Step extends string>(
  plan: Omit<Plan, 'resources'> & {
    readonly resources: { readonly [Name in Step]: TypedResource<Specs, NoInfer<Step>> };
  },
) => TypedPlan<Step>;

/** Hands the plan on as it is. */
export function planDefiner<Specs>(): DefinePlan<Specs> {
  return (plan) => plan as never;
}
