/** A kind's spec as a table: every field with its type, whether it is needed, and its limits, as the schema itself holds them. */
import { z } from 'zod';
import type { Kind } from '../../activities/kind.js';
import { code, table } from './markdown.js';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Ours: what the schema's own checks say to a person. */
  readonly says?: readonly string[];
}

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

export function specTable(kind: Kind): string {
  const fields = fieldsBelow('', schemaOf(kind.spec));
  return table(
    ['field', 'type', 'needed', 'limits'],
    fields.map(({ path, schema, required }) => [
      code(path),
      typeOf(schema),
      neededOf(kind, path, required),
      limitsOf(kind, path, schema),
    ]),
  );
}

/** One list of names for each form in which credentials may be given, optional ones with a question mark. */
export function alternatives(schema: z.ZodType): readonly (readonly string[])[] {
  const { anyOf, ...single } = schemaOf(schema);
  return (anyOf ?? [single]).map(({ properties = {}, required = [] }) =>
    Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`)),
  );
}

function schemaOf(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const says = messagesOf(zodSchema);
      if (says.length > 0) Object.assign(jsonSchema, { says });
    },
  }) as Schema;
}

function messagesOf({ _zod: { def } }: z.core.$ZodType): string[] {
  return (def.checks ?? []).flatMap(({ _zod: { def: check } }) => {
    const { path = [] } = check as { readonly path?: readonly PropertyKey[] };
    const said = check.error?.({ code: 'custom', input: undefined, path: [] } as never);
    const text = typeof said === 'object' ? said?.message : said;
    return text ? [path.length > 0 ? `${code(path.join('.'))}: ${text}` : text] : [];
  });
}

function fieldsBelow(path: string, { properties = {}, required = [], items }: Schema): Field[] {
  if (items) return fieldsBelow(`${path}[]`, items);
  return Object.entries(properties).flatMap(([name, schema]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ path: at, schema, required: required.includes(name) }, ...fieldsBelow(at, schema)];
  });
}

function typeOf({ type, items, additionalProperties, anyOf, enum: words, const: word }: Schema): string {
  if (word !== undefined) return code(word);
  if (words) return words.map(code).join(', ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${items?.properties ? 'objects' : plural(typeOf(items ?? {}))}`;
  if (typeof additionalProperties === 'object') return `map of ${plural(typeOf(additionalProperties))}`;
  return type ?? 'anything';
}

function plural(type: string): string {
  if (type === 'anything') return type;
  return type.startsWith('map of') ? type.replace('map', 'maps') : `${type}s`;
}

function neededOf({ scopeFields }: Kind, path: string, required: boolean): string {
  const scopeKey = scopeFields[path];
  if (scopeKey !== undefined) return `filled from the connection's ${code(`scope.${scopeKey}`)}`;
  return required ? 'yes' : '';
}

/** zod writes them where a schema says no more than that it is a whole number. */
const UNBOUNDED = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

function limitsOf({ secretFields }: Kind, path: string, schema: Schema): string {
  const { items, anyOf = [] } = schema;
  const ofItems = items && !items.properties ? boundsOf(items).map((text) => `each ${text}`) : [];
  const limits = [...boundsOf(schema), ...ofItems, ...anyOf.flatMap(boundsOf)];
  if (secretFields.includes(path)) limits.push(`${code('{ "$secret": … }')} is allowed`);
  return [...new Set(limits)].join('; ');
}

function boundsOf({ says = [], pattern, ...schema }: Schema): string[] {
  // A message says the bounds as well, where it is about them.
  if (says.some((text) => /at most|exactly|empty|below/.test(text))) return [...says];
  const [least, most] = [schema.minimum, schema.maximum].map((one) => (UNBOUNDED.includes(one ?? 0) ? undefined : one));
  const ranges = [
    range([schema.minLength, schema.maxLength], ' characters'),
    range([schema.minItems, schema.maxItems], ' entries'),
    range([least, most], ''),
  ];
  const bare = says.length === 0 && pattern !== undefined ? [code(pattern)] : [];
  return [...says, ...ranges.flatMap((text) => (text === undefined ? [] : [text])), ...bare];
}

function range([least, most]: readonly (number | undefined)[], unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (least === 1 && most === undefined && unit !== '') return 'not empty';
  const words =
    least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return words + unit;
}
