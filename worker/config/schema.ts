/**
 * The shape of `provisioner.config.yaml`: strict, so that a misspelt limit is an error and not the default. What only a
 * provider can judge (scope keys, credentials, endpoints) is checked in connections.ts.
 */
import { z } from 'zod';
import { parseDuration } from '../../contract/duration.js';
import { PLAN_LIMITS } from '../../contract/plan.js';
import { isSecretSource, type SecretSource } from '../../contract/secrets.js';
import { encryptionSchema } from './encryption.js';
import { LISTEN_FORM, type ListenAddress, parseListen } from './listen.js';

/** A missing value is told as such, whatever the value would have to be. */
function said(message: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? 'required' : message);
}

const text = z
  .string({ error: said('must be text; put a number in quotes, or digits of it may be lost') })
  .min(1, 'must not be empty');

const secret = z.custom<SecretSource>(isSecretSource, {
  error: 'must be { env: NAME } or { file: PATH }, never the value itself',
});

const duration = z.unknown().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 2m, 90s or 500ms' });
  return z.NEVER;
});

function toListen(value: unknown, context: z.RefinementCtx): ListenAddress {
  const address = typeof value === 'string' ? parseListen(value) : undefined;
  if (address) return address;
  context.addIssue({ code: 'custom', message: LISTEN_FORM });
  return z.NEVER;
}

function positive(max: number): z.ZodType<number> {
  const error = `must be a whole number from 1 to ${max}`;
  return z.int({ error }).min(1, error).max(max, error);
}

const limits = z.strictObject({
  requestsPerMinute: positive(1_000_000).optional(),
  // Below the 2,000 pending activities that a Temporal workflow may have.
  concurrency: positive(1_000).optional(),
  workers: positive(1_000).optional(),
});

export const connectionSchema = z.strictObject({
  provider: text,
  // It becomes part of a host name: anything but these characters could name another host.
  region: text.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a region name such as cn-north-4').optional(),
  endpoint: z.union([text, z.record(text, text)]).optional(),
  scope: z.record(text, text, { error: 'must be keys with text values' }).optional(),
  credentials: z.record(text, secret, { error: said('must be names with { env: NAME } or { file: PATH }') }),
  secrets: z.record(text, secret, { error: 'must be names with { env: NAME } or { file: PATH }' }).optional(),
  limits: limits.optional(),
  lateCommitWindow: duration.optional(),
  simulator: z.boolean({ error: 'must be true or false' }).optional(),
  allowPrivateNetwork: z.boolean({ error: 'must be true or false' }).optional(),
});

export const fileSchema = z.strictObject({
  connections: z.record(z.string(), z.unknown(), { error: said('must be names with connections') }),
  taskQueue: text.optional(),
  searchAttributes: z.boolean({ error: 'must be true or false' }).optional(),
  listen: z.unknown().transform(toListen).optional(),
  encryption: encryptionSchema.optional(),
  deployment: z.strictObject({ name: text.optional(), buildId: text.optional() }).optional(),
});

/** A name goes into task queues, plans and search attributes, so it stays a word. */
export const CONNECTION_NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${PLAN_LIMITS.maxNameLength - 1}}$`);

/** A connection as a program writes it. Beyond what a file can say, a secret may be a function that returns it. */
export type ConnectionConfig = z.input<typeof connectionSchema>;
export type CheckedConnection = z.output<typeof connectionSchema>;

/** What is right of a connection while other parts of it are wrong. */
export type ConnectionParts = { readonly [Key in keyof CheckedConnection]?: CheckedConnection[Key] | undefined };

/** The parts whose shape is right, so that a fault in one hides no problem of another. */
export function soundParts(written: Readonly<Record<string, unknown>>): ConnectionParts {
  const parts = Object.entries(connectionSchema.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(written[key]);
    return parsed.success && parsed.data !== undefined ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(parts);
}
