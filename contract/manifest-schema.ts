/**
 * A manifest as a zod schema. It comes from a file that anybody may have written, so what it says is checked like a plan,
 * and never more than believed: its ids only help to find. Never enters the workflow bundle.
 */
import { z } from 'zod';
import { type Checked, checkShape, pathText } from './check-shape.js';
import { OUTCOMES, type Problem } from './failures.js';
import { STEP_STATES } from './ledger.js';
import type { Manifest } from './manifest.js';
import { PLAN_LIMITS } from './plan.js';
import { checkBoundedPlan, checkBounds, type PlanBounds } from './plan-schema.js';

/** Of the shape that this release writes. */
const VERSION = 1;

/** The plan, and its outputs beside it; three quarters of Temporal's payload limit, since it travels as a workflow's input. */
const BOUNDS: PlanBounds = { maxBytes: 1_500_000, maxDepth: PLAN_LIMITS.maxDepth + 2, tooLarge: 'export it again' };

const text = z.string().min(1).max(1_000);

const stepSchema = z.strictObject({
  state: z.enum(STEP_STATES),
  id: text.optional(),
  adopted: z.boolean().optional(),
  skipped: z.boolean().optional(),
  outputs: z.looseObject({ id: text }).catchall(z.json()).optional(),
});

const manifestSchema = z.strictObject({
  manifest: z.literal(VERSION),
  // Told apart below, with the words of a plan.
  plan: z.unknown(),
  owner: z.strictObject({ namespace: text, workflowId: text, runId: text }),
  outcome: z.enum(OUTCOMES).optional(),
  steps: z.record(z.string(), stepSchema),
});

/** Takes the manifest itself, or the document of `provision --json` and `export --json` that holds one. */
export function checkManifest(input: unknown): Checked<Manifest> {
  const document = isObject(input) && isObject(input.manifest) ? input.manifest : input;
  const unbounded = checkBounds(document, BOUNDS);
  if (unbounded) return { problems: [unbounded] };
  const version = isObject(document) ? document.manifest : undefined;
  if (version === undefined)
    return { problems: [{ path: '', message: 'is no manifest: provisioner export writes one' }] };
  if (version !== VERSION) return { problems: [{ path: 'manifest', message: wrongVersion(version) }] };
  const shape = checkShape(manifestSchema as z.ZodType<Manifest>, document);
  const plan = checkBoundedPlan((document as Partial<Manifest>).plan);
  const problems = [
    ...('problems' in shape ? shape.problems : []),
    ...('problems' in plan ? below(plan.problems) : []),
  ];
  if ('problems' in shape || problems.length > 0) return { problems };
  const unfit = checkSteps(shape.value);
  return unfit.length > 0 ? { problems: unfit } : shape;
}

function wrongVersion(version: unknown): string {
  const reads = `this release reads version ${VERSION}`;
  return Number.isSafeInteger(version) ? `is of version ${version}; ${reads}` : `must be a version; ${reads}`;
}

function below(problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path: path ? pathText('plan', path) : 'plan', message }));
}

/** Each step of the plan once: one that is left out would be taken for nothing that was made. */
function checkSteps({ plan, steps }: Manifest): Problem[] {
  const missing = Object.keys(plan.resources).filter((key) => !Object.hasOwn(steps, key));
  const unknown = Object.keys(steps).filter((key) => !Object.hasOwn(plan.resources, key));
  return [
    ...missing.map((key) => ({ path: pathText('steps', key), message: 'required: every step of the plan' })),
    ...unknown.map((key) => ({ path: pathText('steps', key), message: 'unknown step; the plan has no such resource' })),
  ];
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
