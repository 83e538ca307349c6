/** An RPC call's parameters, from query and form alike: the gateway does not care where they travel. */
import { isLosslessNumber, parse } from 'lossless-json';
import { decodePairs, headerOf, type Pairs, type RawRequest } from '../http.js';
import { type Call, RefusedCall } from '../operation.js';

export function pairsOf(request: RawRequest): Pairs {
  const form = /^application\/x-www-form-urlencoded\b/i.test(headerOf(request, 'content-type') ?? '');
  return [...decodePairs(request.query), ...(form ? decodePairs(request.body.toString('utf8')) : [])];
}

export class Parameters {
  private readonly values: ReadonlyMap<string, string>;

  constructor(request: RawRequest) {
    this.values = new Map(pairsOf(request));
  }

  static of(call: Call): Parameters {
    return new Parameters(call.request);
  }

  text(name: string): string | undefined {
    return this.values.get(name);
  }

  required(name: string): string {
    const value = this.values.get(name);
    if (value === undefined || value === '') {
      throw new RefusedCall({
        status: 400,
        code: `Missing${name}`,
        message: `The input parameter ${name} that is mandatory for processing this request is not supplied.`,
      });
    }
    return value;
  }

  /** An int64, as its digits. */
  id(name: string): string {
    const value = this.required(name);
    if (!/^\d{1,19}$/.test(value)) throw invalidParameter(name, 'must be an integer');
    return value;
  }

  page(): { readonly number: number; readonly size: number } {
    return { number: this.integer('PageNumber', 1, 1_000_000), size: this.integer('PageSize', 10, 100) };
  }

  private integer(name: string, fallback: number, max: number): number {
    const value = this.values.get(name) ?? String(fallback);
    const number = /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (number < 1 || number > max) throw invalidParameter(name, `must be an integer from 1 to ${max}`);
    return number;
  }

  /** The Python SDK writes booleans with a capital. */
  boolean(name: string): boolean | undefined {
    const value = this.values.get(name)?.toLowerCase();
    if (value === undefined || value === '') return undefined;
    if (value !== 'true' && value !== 'false') throw invalidParameter(name, 'must be true or false');
    return value === 'true';
  }

  /** Arrays travel as JSON text; ids in them may be numbers beyond 2^53. */
  list(name: string): readonly string[] | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === '') return undefined;
    let items: unknown;
    try {
      items = parse(value);
    } catch {
      throw invalidParameter(name, 'must be a JSON array');
    }
    if (!Array.isArray(items)) throw invalidParameter(name, 'must be a JSON array');
    return items.map((item: unknown) => {
      if (typeof item === 'string') return item;
      if (isLosslessNumber(item)) return item.toString();
      throw invalidParameter(name, 'must hold strings or integers');
    });
  }
}

export function invalidParameter(name: string, rule: string): RefusedCall {
  return new RefusedCall({
    status: 400,
    code: 'InvalidParameter',
    message: `The parameter ${name} is invalid: it ${rule}.`,
  });
}
