/**
 * The search attributes that `provision` writes: whether a namespace has them, and creating them. A workflow that
 * writes one that does not exist fails its task for ever, so a worker asks before it starts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/names.js';

/** What is used of a connection: a client's and a worker's both have it. */
type Services = Pick<Connection, 'workflowService' | 'operatorService'>;

/** `unknown`: the server lets us neither list nor query: warn and go on. */
export type SearchAttributeCheck =
  | { readonly unknown: true }
  | { readonly unknown: false; readonly missing: readonly string[] };

/** An attribute that exists with another type, cannot be created, or did not become usable. One line that says what to do. */
export class SearchAttributeError extends Error {
  override readonly name = 'SearchAttributeError';
}

type AttributeName = keyof typeof SEARCH_ATTRIBUTES;
const ATTRIBUTE_NAMES = Object.keys(SEARCH_ATTRIBUTES) as readonly AttributeName[];

/** `IndexedValueType` of Temporal's API. */
const TYPE_NUMBERS = { KEYWORD: 2, BOOL: 5, KEYWORD_LIST: 7 } as const;
const TYPE_NAMES = ['unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

/** gRPC: PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const DENIED: readonly number[] = [7, 12, 16];
/** gRPC: ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;

/** A cluster's caches learn of a new attribute within about ten seconds, an Elasticsearch index within a minute. */
const USABLE_DEADLINE_MS = 90_000;
const USABLE_INTERVAL_MS = 250;

function isDenied(error: unknown): boolean {
  return isGrpcServiceError(error) && DENIED.includes(error.code);
}

/**
 * Which of our search attributes the namespace lacks. Throws {@link SearchAttributeError} where one exists with another
 * type.
 */
export async function missingSearchAttributes(connection: Services, namespace: string): Promise<SearchAttributeCheck> {
  let existing: Readonly<Record<string, number | null | undefined>>;
  try {
    existing = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  } catch (error) {
    if (isDenied(error)) return await missingByQuery(connection, namespace);
    throw error;
  }
  const wrong = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => {
    const found = existing[name];
    if (found === undefined || found === null || found === TYPE_NUMBERS[type]) return [];
    return `${name} is ${TYPE_NAMES[found] ?? 'of an unknown type'} and must be ${TYPE_NAMES[TYPE_NUMBERS[type]]}`;
  });
  if (wrong.length > 0) {
    const what = `Search attributes of namespace ${namespace} have other types: ${wrong.join('; ')}.`;
    throw new SearchAttributeError(`${what} Rename the existing ones, or set searchAttributes: false.`);
  }
  return { unknown: false, missing: Object.keys(SEARCH_ATTRIBUTES).filter((name) => existing[name] == null) };
}

/**
 * Who may use a namespace may not list its attributes everywhere (Temporal Cloud has no operator service for its users), but
 * may query: over one that is not there, or that is of another type, a query is refused.
 */
async function missingByQuery(connection: Services, namespace: string): Promise<SearchAttributeCheck> {
  try {
    if (await areUsable(connection, namespace)) return { unknown: false, missing: [] };
    const missing: AttributeName[] = [];
    // One after the other: a namespace is allowed ten such queries a second.
    for (const name of ATTRIBUTE_NAMES) if (!(await areUsable(connection, namespace, [name]))) missing.push(name);
    return { unknown: false, missing };
  } catch (error) {
    if (isDenied(error)) return { unknown: true };
    throw error;
  }
}

/** A list that names an attribute is not enough: a query over it must be understood. */
async function areUsable(connection: Services, namespace: string, names = ATTRIBUTE_NAMES): Promise<boolean> {
  const query = names
    .map((name) => (SEARCH_ATTRIBUTES[name] === 'BOOL' ? `${name} = true` : `${name} = 'none'`))
    .join(' AND ');
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    // 3 is INVALID_ARGUMENT: a name in the query is not known yet.
    if (isGrpcServiceError(error) && error.code === 3) return false;
    throw error;
  }
}

/** Where only an operator's console creates them: the names, with their types. */
function byHand(namespace: string, missing: readonly string[]): string {
  const wanted = missing.map(
    (name) => `${name} (${TYPE_NAMES[TYPE_NUMBERS[SEARCH_ATTRIBUTES[name as AttributeName]]]})`,
  );
  const what = `Namespace ${namespace} lacks search attributes, and the server does not let us create them`;
  return `${what}: create ${wanted.join(', ')} in its console, or set searchAttributes: false.`;
}

/**
 * Creates those of our search attributes that the namespace lacks, and waits until they can be used. May be called any
 * number of times, by several processes at once. Returns what it created, or `unknown` where the server does not tell.
 */
export async function ensureSearchAttributes(connection: Services, namespace: string): Promise<SearchAttributeCheck> {
  const check = await missingSearchAttributes(connection, namespace);
  if (check.unknown || check.missing.length === 0) return check;
  const wanted = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => check.missing.includes(name));
  const searchAttributes = Object.fromEntries(wanted.map(([name, type]) => [name, TYPE_NUMBERS[type]]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (isDenied(error)) throw new SearchAttributeError(byHand(namespace, check.missing));
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error;
  }
  const deadline = performance.now() + USABLE_DEADLINE_MS;
  while (!(await areUsable(connection, namespace))) {
    if (performance.now() > deadline) {
      const message = `The search attributes of namespace ${namespace} were created and cannot be used yet: try again in a minute.`;
      throw new SearchAttributeError(message);
    }
    await sleep(USABLE_INTERVAL_MS);
  }
  return check;
}
