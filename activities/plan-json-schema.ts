/**
 * A plan as JSON Schema (2020-12), for editors and other languages: made of the zod schemas that check it, so never stricter
 * than they are. A kind that is not known here may be a user's own, and keeps its spec open.
 */
import { z } from 'zod';
import { PLAN_LIMITS } from '../contract/plan.js';
import { planSchema, stepNameSchema } from '../contract/plan-schema.js';
import { VERSION } from '../contract/version.js';
import type { Kind } from './kind.js';

export type JsonSchema = { readonly [keyword: string]: unknown };

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const REFERENCE = '#/$defs/reference';
const SECRET = '#/$defs/secret';

/** What may stand in a spec instead of a value. */
const STAND_INS: JsonSchema = {
  reference: {
    title: "Another step's output",
    description: 'Replaced by the output, and makes that step a dependency: { "$ref": "step.output" }.',
    type: 'object',
    properties: { $ref: { type: 'string', pattern: '^[^.]+\\.[^.]+$' } },
    required: ['$ref'],
    additionalProperties: false,
  },
  secret: {
    title: 'A secret of the connection',
    description: 'Read on the worker, never in history: { "$secret": "name" }.',
    type: 'object',
    properties: { $secret: { type: 'string', minLength: 1 } },
    required: ['$secret'],
    additionalProperties: false,
  },
};

/** One kind's spec, by itself. */
export function kindJsonSchema(kind: Kind): JsonSchema {
  return { $schema: DIALECT, $id: idOf(`kind:${kind.name}`), ...specSchema(kind), $defs: STAND_INS };
}

export function planJsonSchema(kinds: readonly Kind[]): JsonSchema {
  const { properties, ...plan } = generated(planSchema);
  const { resources, ...rest } = properties as Record<string, JsonSchema>;
  const { additionalProperties: resource, ...steps } = resources as { additionalProperties: JsonSchema };
  return {
    $schema: DIALECT,
    $id: idOf('plan'),
    title: 'Plan of temporal-provisioner',
    ...plan,
    properties: {
      ...rest,
      resources: {
        ...steps,
        propertyNames: generated(stepNameSchema),
        // Refinements, which zod does not hand over.
        minProperties: 1,
        maxProperties: PLAN_LIMITS.maxResources,
        additionalProperties: resourceSchema(resource, kinds),
      },
    },
    $defs: { ...STAND_INS, ...Object.fromEntries(kinds.map((kind) => [kind.name, specSchema(kind)])) },
  };
}

function resourceSchema({ properties, ...resource }: JsonSchema, kinds: readonly Kind[]): JsonSchema {
  const { kind, spec, ...others } = properties as Record<string, JsonSchema>;
  const { description } = spec as { description?: string };
  return {
    ...resource,
    properties: {
      // Names to choose from, and any other.
      kind: { ...kind, anyOf: [{ enum: kinds.map(({ name }) => name) }, { type: 'string' }] },
      ...others,
      spec: { type: 'object', description },
    },
    allOf: kinds.map(({ name }) => ({
      if: { properties: { kind: { const: name } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is JSON Schema's.
      then: { properties: { spec: { $ref: `#/$defs/${name}` } } },
    })),
  };
}

function specSchema(kind: Kind): JsonSchema {
  const { required, ...schema } = openTo(generated(kind.spec), '', kind);
  // What the connection's scope may fill in need not be in the plan.
  const needed = ((required ?? []) as readonly string[]).filter((field) => !Object.hasOwn(kind.scopeFields, field));
  return { title: kind.title, description: describe(kind), ...schema, required: needed };
}

function describe({ calls, irreversible, outputs }: Kind): string {
  const told = Object.entries({ id: 'the id', ...outputs }).map(([name, what]) => `${name} (${what})`);
  return [
    `Made by ${calls.create.join(', ')}; undone by ${calls.delete.join(', ')}.`,
    ...(irreversible ? [irreversible] : []),
    `Outputs: ${told.join(', ')}.`,
  ].join(' ');
}

/** The schema, where every value below may be a reference, and, where the kind allows it, a secret. `path`: dotted. */
function openTo(schema: JsonSchema, path: string, kind: Kind): JsonSchema {
  const inner = (value: unknown, key: string) =>
    orStandIn(value as JsonSchema, path === '' ? key : `${path}.${key}`, kind);
  const { properties, items, additionalProperties, anyOf, oneOf, allOf } = schema;
  const each = (list: unknown) => (list as readonly JsonSchema[]).map((one) => openTo(one, path, kind));
  return {
    ...schema,
    ...(isSchema(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, inner(value, key)])),
    }),
    ...(isSchema(items) && { items: inner(items, '0') }),
    ...(isSchema(additionalProperties) && { additionalProperties: inner(additionalProperties, '*') }),
    ...(Array.isArray(anyOf) && { anyOf: each(anyOf) }),
    ...(Array.isArray(oneOf) && { oneOf: each(oneOf) }),
    ...(Array.isArray(allOf) && { allOf: each(allOf) }),
  };
}

function orStandIn(schema: JsonSchema, path: string, kind: Kind): JsonSchema {
  const opened = openTo(schema, path, kind);
  // Anything is allowed anyway.
  if (Object.keys(opened).length === 0) return opened;
  const mayBeSecret = kind.secretFields.some((field) => path === field || path.startsWith(`${field}.`));
  return { anyOf: [opened, { $ref: REFERENCE }, ...(mayBeSecret ? [{ $ref: SECRET }] : [])] };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function generated(schema: z.ZodType): JsonSchema {
  const {
    $schema: _dialect,
    $defs: _recursive,
    ...rest
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

function idOf(what: string): string {
  return `urn:temporal-provisioner:${what}:${VERSION}`;
}
