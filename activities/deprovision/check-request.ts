/** Requests to deprovision and to verify, checked like a plan: every problem at once, with its path, never with a value. */
import { z } from 'zod';
import { isOneLine } from '../../contract/check-move.js';
import { type Checked, checkShape, pathText } from '../../contract/check-shape.js';
import type { Problem } from '../../contract/failures.js';
import type { DeprovisionRequest, Manifest, VerifyRequest } from '../../contract/manifest.js';
import { checkManifest } from '../../contract/manifest-schema.js';
import { MOVE_LIMITS } from '../../contract/moves.js';
import { PLAN_LIMITS } from '../../contract/plan.js';
import { stepNameSchema } from '../../contract/plan-schema.js';

const planName = stepNameSchema.max(PLAN_LIMITS.maxNameLength);
const said = (max: number, what: string) =>
  z
    .string()
    .max(max)
    .regex(/\S/, { error: `say ${what}` })
    .refine(isOneLine, { error: 'must be one line, without control characters' });

const deprovisionSchema = z.strictObject({
  plan: planName,
  by: said(MOVE_LIMITS.by, 'who'),
  why: said(MOVE_LIMITS.why, 'why'),
  manifest: z.unknown().optional(),
  discover: z.boolean().optional(),
  includeProtected: z.boolean().optional(),
});

const verifySchema = z.strictObject({ plan: planName, manifest: z.unknown().optional() });

export function checkDeprovisionRequest(input: unknown, namespace: string): Checked<DeprovisionRequest> {
  const checked = withManifest(checkShape(deprovisionSchema as z.ZodType<DeprovisionRequest>, input), namespace);
  if ('problems' in checked) return checked;
  const { manifest, discover, includeProtected } = checked.value;
  const problems: Problem[] = [];
  if (manifest && discover) problems.push({ path: 'discover', message: 'either a manifest or discover, not both' });
  if (discover && !includeProtected) {
    const message = 'with discover it must be true: which resources were protected only the plan could tell';
    problems.push({ path: 'includeProtected', message });
  }
  return problems.length > 0 ? { problems } : checked;
}

export function checkVerifyRequest(input: unknown, namespace: string): Checked<VerifyRequest> {
  return withManifest(checkShape(verifySchema as z.ZodType<VerifyRequest>, input), namespace);
}

type Request = VerifyRequest & { readonly manifest?: Manifest };

function withManifest<R extends Request>(checked: Checked<R>, namespace: string): Checked<R> {
  if ('problems' in checked || checked.value.manifest === undefined) return checked;
  const manifest = checkManifest(checked.value.manifest);
  const problems = 'problems' in manifest ? manifest.problems : checkFits(checked.value, manifest.value, namespace);
  if (problems.length > 0)
    return {
      problems: problems.map(({ path, message }) => ({ path: pathText('manifest', ...(path ? [path] : [])), message })),
    };
  return { value: { ...checked.value, ...('value' in manifest && { manifest: manifest.value }) } };
}

function checkFits({ plan }: Request, manifest: Manifest, namespace: string): Problem[] {
  const problems: Problem[] = [];
  if (manifest.plan.name !== plan) problems.push({ path: 'plan.name', message: 'must be the plan that was asked for' });
  if (manifest.owner.namespace !== namespace)
    problems.push({ path: 'owner.namespace', message: 'must be the namespace that this worker works for' });
  return problems;
}
