/** Which moves a run takes now, and why it does not take another: one rule for the validator, the handler and the ledger. */
import { findReferences } from '../contract/find-references.js';
import type { MoveName, MoveRequest } from '../contract/moves.js';
import type { Book } from './book.js';
import { nameToConfirm } from './display.js';

export interface Possible {
  readonly move: MoveName;
  readonly step?: string;
}

/** In the ledger's order: the plan's own, then each step's. */
export function possibleMoves(book: Book): readonly Possible[] {
  const { attention, steps } = book.ledger();
  const ofSteps = Object.entries(steps).flatMap(([step, { attention }]) => {
    // A failed create that waits, or drift, is decided by what stopped the run.
    const over = book.stop !== undefined && attention?.moves.some((move) => !takesStep(move));
    return over ? [] : (attention?.moves ?? []).map((move): Possible => (takesStep(move) ? { move, step } : { move }));
  });
  const all = [...(attention?.moves ?? []).map((move): Possible => ({ move })), ...ofSteps];
  if (isOwned(book)) all.push({ move: 'deprovision' });
  // Several steps may offer the same move of the whole plan.
  return all.filter((one, index) => all.findIndex((other) => words(other) === words(one)) === index);
}

function takesStep(move: MoveName): boolean {
  return move === 'retry' || move === 'adopt' || move === 'skip' || move === 'abandon';
}

/** A managed plan that is provisioned and not yet given up. */
function isOwned({ provisionedAt, stop, resolved }: Book): boolean {
  return resolved.managed !== undefined && provisionedAt !== undefined && !stop;
}

function words({ move, step }: Possible): string {
  return step === undefined ? move : `${move} ${step}`;
}

export function noSuchStep({ steps }: Book, step: string): string | undefined {
  return Object.hasOwn(steps, step) ? undefined : `There is no such step; steps: ${Object.keys(steps).join(', ')}.`;
}

/** One sentence that says what would be possible, or undefined where this is. */
export function whyNot(book: Book, move: MoveName, request: MoveRequest): string | undefined {
  const { step } = request;
  const unknown = step !== undefined && noSuchStep(book, step);
  if (unknown) return unknown;
  const possible = possibleMoves(book);
  const wanted: Possible = step === undefined ? { move } : { move, step };
  if (!possible.some((one) => words(one) === words(wanted))) {
    const now = step === undefined ? '' : `: ${step} is ${book.state(step)}`;
    return `Not possible now: ${words(wanted)}${now}. Possible: ${possible.map(words).join(', ') || NOTHING}.`;
  }
  if (move === 'abandon') return unconfirmed(book, request);
  if (move === 'skip') return missingOutputs(book, request);
  return move === 'deprovision' ? heldBack(book, request) : undefined;
}

const NOTHING = 'nothing, no step waits for a decision; a cancel rolls back';

function unconfirmed(book: Book, { step = '', confirm }: MoveRequest): string | undefined {
  const resolved = book.resolved.steps.find(({ key }) => key === step);
  const name = nameToConfirm(resolved, book.step(step).id);
  if (confirm === name) return undefined;
  return `To abandon ${step}, which may stay alive, set confirm to its name: ${name}.`;
}

function missingOutputs(book: Book, { step = '', outputs }: MoveRequest): string | undefined {
  const wanted = Object.values(book.plan.resources)
    .flatMap(({ spec }) => findReferences(spec))
    .filter((reference) => reference.step === step)
    .map(({ output }) => output);
  const missing = [...new Set(wanted)].filter((output) => !Object.hasOwn(outputs ?? {}, output));
  return missing.length === 0 ? undefined : `outputs must hold ${missing.join(', ')}: other steps refer to it.`;
}

function heldBack(book: Book, { includeProtected }: MoveRequest): string | undefined {
  const held = book.resolved.steps.filter(({ key, protect }) => protect && book.state(key) === 'live');
  if (includeProtected || held.length === 0) return undefined;
  const names = held.map(({ key }) => key).join(', ');
  return `Protected: ${names}. To delete that too, set includeProtected (--include-protected), and say why.`;
}
