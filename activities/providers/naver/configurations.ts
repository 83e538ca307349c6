/**
 * The configuration that counts, of those that getDetail shows. Type page and example differ: one object or a list, a
 * port or a list of them, `env` as text. What is not of the example's shape tells nothing that could be compared.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../../contract/plan.js';

const json = z.custom<Json>(() => true);
const anyField = <T extends z.ZodType>(shape: T) => shape.optional().catch(undefined);

const configuration = z.looseObject({
  docker: anyField(
    z.looseObject({
      env: anyField(z.record(z.string(), json)),
      exposeTcpPorts: anyField(z.union([z.array(json), z.number().transform((port) => [port])])),
    }),
  ),
  resource: anyField(z.record(z.string(), json)),
  data: anyField(z.looseObject({ input: anyField(z.array(json)), output: anyField(z.array(json)) })),
});

const time = z.union([z.number(), z.string().transform((text) => Date.parse(text) || 0)]).catch(0);
const version = z.object({ configuration, createdAt: time });
const versions = z.union([z.array(version), version.transform((one) => [one])]);

/** The one made last; of several as old, the first. */
export function latestConfiguration(contents: unknown): JsonObject | undefined {
  const [latest] = [...(versions.safeParse(contents).data ?? [])].sort((a, b) => b.createdAt - a.createdAt);
  return latest && (plain(latest.configuration) as JsonObject);
}

/** Without the fields that are `undefined`, which JSON knows not. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
