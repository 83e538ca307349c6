/**
 * The search attributes that `provision` writes: whether a namespace has them, and creating them. A workflow that
 * writes one that does not exist fails its task for ever, so a worker asks before it starts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/names.js';

/** What is used of a connection: a client's and a worker's both have it. */
type Services = Pick<Connection, 'workflowService' | 'operatorService'>;

/** `unknown`: the server does not tell (Temporal Cloud does not offer it, or it is denied): warn and go on. */
export type SearchAttributeCheck =
  | { readonly unknown: true }
  | { readonly unknown: false; readonly missing: readonly string[] };

/** An attribute that exists with another type, or that did not become usable. One line that says what to do. */
export class SearchAttributeError extends Error {
  override readonly name = 'SearchAttributeError';
}

/** `IndexedValueType` of Temporal's API. */
const TYPE_NUMBERS = { KEYWORD: 2, BOOL: 5, KEYWORD_LIST: 7 } as const;
const TYPE_NAMES = ['unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

/** gRPC: PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const NOT_TOLD: readonly number[] = [7, 12, 16];
/** gRPC: ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;

/** A cluster's caches learn of a new attribute within about ten seconds, an Elasticsearch index within a minute. */
const USABLE_DEADLINE_MS = 90_000;
const USABLE_INTERVAL_MS = 250;

/**
 * Which of our search attributes the namespace lacks. Throws {@link SearchAttributeError} where one exists with another
 * type.
 */
export async function missingSearchAttributes(connection: Services, namespace: string): Promise<SearchAttributeCheck> {
  let existing: Readonly<Record<string, number | null | undefined>>;
  try {
    existing = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  } catch (error) {
    if (isGrpcServiceError(error) && NOT_TOLD.includes(error.code)) return { unknown: true };
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

/** A list that names an attribute is not enough: a query over it must be understood. */
async function areUsable(connection: Services, namespace: string): Promise<boolean> {
  const query = Object.entries(SEARCH_ATTRIBUTES)
    .map(([name, type]) => (type === 'BOOL' ? `${name} = true` : `${name} = 'none'`))
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
