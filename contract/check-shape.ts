/**
 * Checks a value against a zod schema and tells every problem as path and remedy. Schema libraries echo the input in
 * some messages; these never do, since a plan may hold what nobody wants in a log.
 */
import type { z } from 'zod';
import type { Problem } from './failures.js';

export type Checked<T> = { readonly value: T } | { readonly problems: readonly Problem[] };
type Path = readonly PropertyKey[];

/** `resources.workspace.spec.tags[0].key` */
export function pathText(...parts: Path): string {
  return parts.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** The field names that the schema behind an issue knows; zod hands it over before an issue is final. */
function knownKeys(issue: z.core.$ZodRawIssue): readonly string[] {
  const schema = (issue as { readonly inst?: { readonly _zod?: { readonly def?: { readonly shape?: object } } } }).inst;
  return Object.keys(schema?._zod?.def?.shape ?? {});
}

const UNITS: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'entries',
  object: 'fields',
  map: 'entries',
};

/** The schema library's word for an object with free keys is not everybody's. */
function typeName(expected: string): string {
  return expected === 'record' ? 'object' : expected;
}

function remedy(issue: z.core.$ZodRawIssue): string | undefined {
  const unit = 'origin' in issue ? UNITS[String(issue.origin)] : undefined;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `required: ${typeName(issue.expected)}`
        : `must be of type ${typeName(issue.expected)}`;
    case 'unrecognized_keys':
      return `unknown field; known here: ${knownKeys(issue).join(', ') || 'none'}`;
    case 'too_big':
      return unit ? `at most ${issue.maximum} ${unit}` : `at most ${issue.maximum}`;
    case 'too_small':
      return unit ? `at least ${issue.minimum} ${unit}` : `at least ${issue.minimum}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : `must be a valid ${issue.format}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return 'matches none of the documented forms';
    default:
      return undefined;
  }
}

/**
 * @param at Where the value stands, put before each problem's path.
 * @param ignore Paths below which problems do not count, such as a reference that has no value yet.
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: Path = [],
  ignore: readonly Path[] = [],
): Checked<T> {
  const result = schema.safeParse(value, { error: remedy });
  if (result.success) return { value: result.data };
  const problems = result.error.issues
    .filter((issue) => !ignore.some((path) => path.every((part, index) => issue.path[index] === part)))
    .flatMap((issue): Problem[] => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({ path: pathText(...at, ...issue.path, key), message: issue.message }));
      }
      return [{ path: pathText(...at, ...issue.path), message: issue.message }];
    });
  return problems.length > 0 ? { problems } : { value: value as T };
}
