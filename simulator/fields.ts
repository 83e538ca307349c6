/**
 * Reads the fields of a JSON body and refuses what breaks a documented rule, with the field's path. Unknown fields pass:
 * none of the clouds documents that it refuses them. `null` counts as absent (the Java side of these APIs).
 */
import { BadField } from './operation.js';

export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** Replaces the sentence about the rule. */
  readonly rule?: string;
}

export interface IntegerRule {
  readonly min?: number;
  readonly max?: number;
}

export class FieldReader {
  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly path: string,
  ) {}

  static of(value: unknown, path = ''): FieldReader {
    if (!isObject(value)) throw new BadField(path || 'body', 'must be an object');
    return new FieldReader(value, path);
  }

  static fromJson(body: Buffer): FieldReader {
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      throw new BadField('body', 'must be JSON');
    }
    return FieldReader.of(value);
  }

  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): unknown {
    return this.fields[name] ?? undefined;
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw new BadField(this.pathOf(name), 'must be a string');
    checkText(value, this.pathOf(name), rule);
    return value;
  }

  requiredText(name: string, rule: TextRule = {}): string {
    const value = this.text(name, rule);
    if (value === undefined || (value === '' && rule.min === undefined && !rule.pattern)) {
      throw new BadField(this.pathOf(name), 'must not be empty');
    }
    return value;
  }

  integer(name: string, rule: IntegerRule = {}): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = rule;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw new BadField(this.pathOf(name), `must be an integer from ${min} to ${max}`);
    }
    return value;
  }

  object(name: string): FieldReader | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : FieldReader.of(value, this.pathOf(name));
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw new BadField(this.pathOf(name), 'must be an array');
    return value;
  }

  objects(name: string): readonly FieldReader[] | undefined {
    return this.list(name)?.map((item, i) => FieldReader.of(item, `${this.pathOf(name)}[${i}]`));
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkText(value: string, path: string, rule: TextRule): void {
  if (rule.pattern && !rule.pattern.test(value)) {
    throw new BadField(path, rule.rule ?? `Must match "${rule.pattern.source.replaceAll('\\/', '/')}"`, value);
  }
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = rule;
  if (value.length < min || value.length > max) {
    throw new BadField(path, rule.rule ?? `must have ${min} to ${max} characters`);
  }
}

/** An integer from a query or form. */
export function integerText(
  name: string,
  value: string | undefined,
  rule: IntegerRule & { readonly fallback: number },
): number {
  if (value === undefined || value === '') return rule.fallback;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = rule;
  const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number) || number < min || number > max) {
    throw new BadField(name, `must be an integer from ${min} to ${max}`);
  }
  return number;
}
