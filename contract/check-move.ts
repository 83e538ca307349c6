/** Whether a move's update says what it must, before anybody asks whether it is possible now. For workflow, client and CLI. */
import type { Problem } from './failures.js';
import { MOVE_LIMITS, type MoveName } from './moves.js';

/** C0 and C1 controls, line separators and direction marks: the words stand in one line of a ledger and of a terminal. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

type Field = 'step' | 'id' | 'outputs' | 'confirm' | 'includeProtected';

/** What each move takes besides `by` and `why`. */
const TAKES: Readonly<Record<MoveName, readonly Field[]>> = {
  retry: ['step'],
  adopt: ['step', 'id'],
  skip: ['step', 'outputs'],
  rollback: [],
  abandon: ['step', 'confirm'],
  approve: [],
  reject: [],
  deprovision: ['includeProtected'],
};

const OPTIONAL: readonly Field[] = ['includeProtected'];

/** Every problem of the argument, with the field and what would be right; never a value. */
export function checkMove(move: MoveName, request: unknown): readonly Problem[] {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return [{ path: '', message: `must be one object, such as {"by": "you", "why": "the reason"${example(move)}}` }];
  }
  const fields = request as Readonly<Record<string, unknown>>;
  const known = ['by', 'why', ...TAKES[move]];
  const strangers = Object.keys(fields).filter((name) => !known.includes(name) && fields[name] !== undefined);
  return [
    ...checkText('by', fields.by, MOVE_LIMITS.by),
    ...checkText('why', fields.why, MOVE_LIMITS.why),
    ...TAKES[move].flatMap((name) => (isLeftOut(name, fields[name]) ? [] : checkField(name, fields[name]))),
    // A name that is no plain word is not repeated.
    ...strangers.map((name) => ({
      path: /^\w{1,40}$/.test(name) ? name : '',
      message: `unknown field; ${move} takes: ${known.join(', ')}`,
    })),
  ];
}

function isLeftOut(name: Field, value: unknown): boolean {
  return OPTIONAL.includes(name) && value === undefined;
}

function example(move: MoveName): string {
  return TAKES[move].includes('step') ? ', "step": "its name"' : '';
}

function checkField(name: Field, value: unknown): readonly Problem[] {
  if (name === 'outputs') return checkOutputs(value);
  if (name !== 'includeProtected') return checkText(name, value, MOVE_LIMITS.text);
  return typeof value === 'boolean' ? [] : [{ path: name, message: 'must be true or false' }];
}

function checkText(path: string, value: unknown, max: number): readonly Problem[] {
  if (typeof value !== 'string' || value.trim() === '') return [{ path, message: `required: 1 to ${max} characters` }];
  if (value.length > max) return [{ path, message: `at most ${max} characters` }];
  return isOneLine(value) ? [] : [{ path, message: 'must be one line, without control characters' }];
}

/** Requests that start a workflow say who and why in the same words as a move. */
export function isOneLine(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

function checkOutputs(value: unknown): readonly Problem[] {
  const path = 'outputs';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path, message: 'required: an object with id, and what other steps refer to' }];
  }
  const id = checkText('outputs.id', (value as { readonly id?: unknown }).id, MOVE_LIMITS.text);
  if (new TextEncoder().encode(JSON.stringify(value)).length <= MOVE_LIMITS.outputsBytes) return id;
  return [...id, { path, message: `at most ${MOVE_LIMITS.outputsBytes} bytes of JSON` }];
}
