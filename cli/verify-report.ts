/** A verification as lines for people, and the exit code that it deserves. */
import pc from 'picocolors';
import type { VerifiedStep, VerifyReport } from '../contract/deprovision.js';
import type { Difference, DriftVerdict } from '../contract/drift.js';
import type { Json } from '../contract/plan.js';
import { EXIT, type ExitCode } from './exit.js';
import { printable } from './printable.js';

/** What is known to differ weighs more than what is not known. Of what was abandoned not all is there as planned. */
export function exitOfVerified({ steps, outcome }: VerifyReport): ExitCode {
  if (outcome) return EXIT.drift;
  const verdicts = Object.values(steps).map(({ verdict }) => verdict);
  if (verdicts.includes('missing') || verdicts.includes('differs')) return EXIT.drift;
  return verdicts.includes('unread') ? EXIT.operator : EXIT.provisioned;
}

const COLORS: Readonly<Record<DriftVerdict, (text: string) => string>> = {
  same: pc.green,
  differs: pc.yellow,
  missing: pc.red,
  unread: pc.yellow,
  skipped: pc.dim,
};

export function verifiedLines({ plan, simulated, steps, outcome }: VerifyReport): string[] {
  const all = Object.entries(steps);
  const width = Math.max(0, ...all.map(([key]) => key.length));
  const as = all.filter(([, { verdict }]) => verdict === 'same' || verdict === 'skipped').length;
  return [
    ...(simulated.length > 0 ? [`On the simulator, nothing real is touched: ${simulated.join(', ')}`] : []),
    ...(outcome ? [`It ended ${outcome}: only what its ledger says is left was looked at.`] : []),
    ...all.flatMap(([key, step]) => stepLines(key.padEnd(width), step)),
    all.length === 0
      ? `Plan ${printable(plan)} has nothing that should be there.`
      : `${as} of ${all.length} are as planned.`,
  ];
}

function stepLines(key: string, { verdict, id = '', kind, why, differences, compared }: VerifiedStep): string[] {
  const words = [key, COLORS[verdict](verdict.padEnd(7)), printable(kind), printable(id), note(verdict, compared, why)];
  const indent = ' '.repeat(key.length + 2);
  return [words.join('  ').trimEnd(), ...differences.map((difference) => `${indent}${differenceText(difference)}`)];
}

function note(verdict: DriftVerdict, compared: readonly string[], why: string | undefined): string {
  if (why !== undefined) return printable(why);
  return verdict === 'same' ? `(${compared.length} ${compared.length === 1 ? 'field' : 'fields'} compared)` : '';
}

function differenceText({ field, planned, actual }: Difference): string {
  if (planned === undefined && actual === undefined) return `${printable(field)}: differs; it may hold a secret`;
  return `${printable(field)}: planned ${valueText(planned)}, is ${valueText(actual)}`;
}

/** A whole FlowSpec is no line of a table. */
const LONGEST = 200;

function valueText(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = printable(JSON.stringify(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
