/**
 * What a server and the SDK's core make of updates: before what else a task brings, in the history once accepted, and
 * nowhere where they were refused; a reset sends those behind its point again. What a worker that crashes in a task was
 * given comes again as if it had not been delivered, so that needs no event of its own.
 */
import type { Activation, Command, Job } from './workflow-protocol.js';

type Update = Extract<Job, { readonly what: 'update' }>;
type Kept = Pick<Activation, 'jobs'> & { readonly commands: readonly Command[] };

export function isUpdate(job: Job): job is Update {
  return job.what === 'update';
}

/** As the core sorts what it hands over. */
export function inOrder(jobs: readonly Job[]): Job[] {
  const rank = ({ what }: Job) => (what === 'start' ? 0 : what === 'update' ? 1 : 2);
  return [...jobs].sort((a, b) => rank(a) - rank(b));
}

export function accepted(commands: readonly Command[]): ReadonlySet<string> {
  return new Set(
    commands.flatMap((command) => (command.do === 'update' && command.is === 'accepted' ? [command.id] : [])),
  );
}

/** Jobs as the history holds them. */
export function recordedJobs({ jobs, commands }: Kept): Job[] {
  const known = accepted(commands);
  return jobs.flatMap((job): Job[] => {
    if (!isUpdate(job)) return [job];
    return known.has(job.id) ? [{ ...job, known: true }] : [];
  });
}

/** Commands as the history holds them: one that was refused at the door is in none. */
export function recordedCommands({ jobs, commands }: Kept): Command[] {
  const known = accepted(commands);
  const refused = new Set(jobs.filter(isUpdate).flatMap(({ id }) => (known.has(id) ? [] : [id])));
  return commands.filter((command) => command.do !== 'update' || !refused.has(command.id));
}
