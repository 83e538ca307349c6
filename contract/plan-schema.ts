/** The plan's structure as a zod schema: what can be checked without knowing any kind. Never enters the workflow bundle. */
import { z } from 'zod';
import { type Checked, checkShape } from './check-shape.js';
import { DURATION, parseDuration } from './duration.js';
import type { Problem } from './failures.js';
import type { Plan } from './plan.js';
import { NAME, PLAN_LIMITS } from './plan.js';

const NAME_RULE = { error: 'letters, digits, - and _; the first and the last a letter or digit' };

/** A step's name: no dot, since `step.output` is a reference. */
export const stepNameSchema = z.string().min(1).max(PLAN_LIMITS.maxStepLength).regex(NAME, NAME_RULE);

export const planResourceSchema = z.strictObject({
  kind: z.string().min(1).describe('What it is: <provider>.<service>.<resource>.'),
  connection: z.string().min(1).describe('Name of a connection that the worker is configured with.'),
  spec: z.record(z.string(), z.json()).describe("The cloud's own documented field names."),
  dependsOn: z
    .array(z.string())
    .max(PLAN_LIMITS.maxResources)
    .optional()
    .describe('Steps to wait for beyond those that the spec refers to.'),
  ifExists: z
    .enum(['fail', 'adopt'])
    .optional()
    .describe('When the name is taken by something that is not ours. Default: fail. What is adopted is never deleted.'),
  retain: z.boolean().optional().describe('Kept on rollback and on deprovisioning. Default: false.'),
  protect: z.boolean().optional().describe('Deprovisioning refuses it unless told to include it. Default: false.'),
});

/** A timer of a century is a typing error; one of seconds would call the clouds without end. */
const SPAN = { leastMs: 60_000, mostMs: 3_650 * 86_400_000 } as const;

const spanSchema = z
  .string()
  .refine(
    (text) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= SPAN.leastMs && ms <= SPAN.mostMs;
    },
    { error: 'must be a duration from 1m to 3650d, such as 90m, 12h or 7d' },
  )
  // As much of it as JSON Schema can say.
  .meta({ pattern: DURATION.source });

/** The shape of a {@link Plan} as a zod schema; {@link checkPlanShape} says every problem of one with its path. */
export const planSchema = z.strictObject({
  /** Also the workflow's id, so no slash; and the marker's, so it is bounded. */
  name: z
    .string()
    .min(1)
    .max(PLAN_LIMITS.maxNameLength)
    .regex(NAME, NAME_RULE)
    .describe('One open run for each name; the same plan under it attaches.'),
  resources: z
    .record(z.string(), planResourceSchema)
    .refine((resources) => Object.keys(resources).length >= 1, { error: 'at least 1 resource' })
    .refine((resources) => Object.keys(resources).length <= PLAN_LIMITS.maxResources, {
      error: `at most ${PLAN_LIMITS.maxResources} resources; split the plan`,
    })
    .describe('By step name. What needs nothing of each other is made side by side.'),
  onFailure: z
    .enum(['rollback', 'pause'])
    .optional()
    .describe('Default: rollback. With pause a failed step waits for an operator.'),
  approval: z.enum(['required']).optional().describe('Nothing is created before an operator approves.'),
  managed: z.boolean().optional().describe('The run stays open as the owner of its resources. Default: false.'),
  lifetime: z
    .strictObject({
      ttl: spanSchema.optional().describe('From Provisioned on; then what it made is deleted. Default: no end.'),
      verifyEvery: spanSchema.optional().describe('How often it looks at its resources. Default: 1h.'),
    })
    .optional()
    .describe('Implies managed. Durations from 1m to 3650d, such as 90m, 12h or 7d.'),
});

/** The size of a plan as it travels, in bytes of JSON. */
function bytesOf(plan: unknown): number {
  return new TextEncoder().encode(JSON.stringify(plan ?? null)).length;
}

/** Checked before anything that recurses: what is deeper than this overflows some stack on its way. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

export interface PlanBounds {
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** What helps against too many bytes. */
  readonly tooLarge: string;
}

/** What makes a value too large to look into: told alone, since nothing else can be said of it safely. */
export function checkBounds(value: unknown, { maxBytes, maxDepth, tooLarge }: PlanBounds): Problem | undefined {
  if (isDeeperThan(maxDepth, value)) return { path: '', message: `at most ${maxDepth} levels deep` };
  if (bytesOf(value) <= maxBytes) return undefined;
  return { path: '', message: `at most ${maxBytes} bytes of JSON; ${tooLarge}` };
}

export function checkPlanBounds(plan: unknown): Problem | undefined {
  const { maxBytes, maxDepth } = PLAN_LIMITS;
  return checkBounds(plan, { maxBytes, maxDepth, tooLarge: 'split the plan' });
}

/** Every structural problem of a plan at once, each with its path and what would be right. */
export function checkPlanShape(plan: unknown): Checked<Plan> {
  const unbounded = checkPlanBounds(plan);
  return unbounded ? { problems: [unbounded] } : checkBoundedPlan(plan);
}

/** The same for a plan whose bounds are known to be kept. */
export function checkBoundedPlan(plan: unknown): Checked<Plan> {
  if (typeof plan !== 'object' || plan === null || Array.isArray(plan))
    return { problems: [{ path: '', message: 'must be an object with name and resources' }] };
  const shape = checkShape(planSchema as z.ZodType<Plan>, plan);
  // Apart from the record: a key that zod refuses would hide what is wrong with the resource behind it.
  const names = Object.keys((plan as Partial<Plan>).resources ?? {}).flatMap((key) => {
    const checked = checkShape(stepNameSchema, key, ['resources', key]);
    return 'problems' in checked ? checked.problems : [];
  });
  if (names.length === 0) return shape;
  return { problems: [...names, ...('problems' in shape ? shape.problems : [])] };
}
