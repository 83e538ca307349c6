/** What an exploration tells a person: how much was gone through, within which bounds, and what broke, as sentences. */
import type { Exploration, Finding } from './explore.js';
import type { Bounds } from './scenario.js';

const number = (value: number) => value.toLocaleString('en-US');

function boundsText({ adversities, preemptions, decisions = 0, depth }: Bounds): string {
  const wrong = adversities === 1 ? 'one thing goes wrong' : `${adversities} things go wrong`;
  const order = preemptions === undefined ? 'any order' : `${preemptions} out of turn`;
  const decided = decisions === 0 ? '' : `, ${decisions === 1 ? 'one move' : `${decisions} moves`} of operators`;
  return `${wrong}${decided}, ${order}, at most ${depth} steps`;
}

export function explorationText(exploration: Exploration): string {
  const { scenario, bounds, schedules, merged, states, histories, longest, seconds, exhausted, finding } = exploration;
  const end = finding ? 'BROKEN' : exhausted ? 'exhaustive' : 'stopped by time';
  const rate = Math.round((schedules + merged) / Math.max(seconds, 0.001));
  return [
    `${scenario}: ${end}`,
    `  ${number(schedules)} schedules, ${number(merged)} that met a known state, ${number(states)} states, ${number(histories)} histories replayed`,
    `  ${boundsText(bounds)}; the longest took ${longest}; ${seconds.toFixed(1)} s, ${number(rate)} a second`,
  ].join('\n');
}

export function findingText({ scenario, broken, trace, seed }: Finding): string {
  const steps = trace.map((sentence, index) => `  ${index + 1}. ${sentence}`);
  return [
    `A promise is broken: ${broken}`,
    `in "${scenario}", by ${trace.length - 1} events besides what happens by itself:`,
    ...steps,
    `Again: npm run explore -- --replay '${scenario}:${seed}'`,
  ].join('\n');
}

export function totalText(explorations: readonly Exploration[], seconds: number): string {
  const sum = (of: (exploration: Exploration) => number) => explorations.reduce((total, each) => total + of(each), 0);
  const schedules = sum((each) => each.schedules);
  const broken = explorations.filter(({ finding }) => finding).length;
  const cut = explorations.filter(({ exhausted, finding }) => !exhausted && !finding).length;
  return [
    `${number(schedules)} distinct schedules over ${number(sum((each) => each.states))} states in ${explorations.length} scenarios, ${number(
      Math.round((schedules + sum((each) => each.merged)) / seconds),
    )} a second, ${seconds.toFixed(0)} s`,
    `${number(sum((each) => each.histories))} histories of the workflow, ${number(sum((each) => each.activations))} activations`,
    cut > 0
      ? `${cut} scenarios were stopped by time before they were exhausted`
      : 'every scenario was exhausted within its bounds',
    broken > 0 ? `${broken} scenarios broke a promise` : 'no promise was broken',
  ].join('\n');
}
