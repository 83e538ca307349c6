/** `provisioner sweep`: finds what closed workflows left behind, shows it, and deletes it if that is asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import pc from 'picocolors';
import { type SweepHandle, startSweep } from '../../client/sweep.js';
import type { SweepReport } from '../../contract/sweep.js';
import { aborted, type Context, finish, interruption, nextCommand } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addHelp, SERVER } from '../help-text.js';
import type { Output } from '../output.js';
import { withServer } from '../server.js';
import { graceOption } from '../sweep-options.js';
import { actLine, exitOfReport, reportLines } from '../sweep-report.js';

interface Options {
  readonly taskQueue?: string;
  readonly delete?: true;
  readonly grace: number;
}

const NOTES = `
An orphan carries the marker of a workflow of this namespace that is closed for longer than the grace time, is not
Provisioned, and does not keep it: what a terminated workflow left. Only orphans are deleted, and only with --delete.
A resource whose workflow is past the namespace's retention has an unknown owner; it is listed and never deleted.`;

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('find what terminated workflows left behind, and with --delete delete it')
    .option('--delete', 'delete the orphans; without it nothing is changed')
    .addOption(graceOption())
    .option('--task-queue <name>', 'queue that the worker polls')
    .action((options: Options, command: Command) => finish(command, (context) => sweep(context, options)));
  return addHelp(command, {
    notes: NOTES,
    exits: {
      ...SERVER,
      provisioned: 'no orphan is left (unknown owners do not count)',
      operator: 'orphans are left, or something could not be listed or deleted',
      invalid: 'invalid input, or a sweep is running already',
      interrupted: 'stopped watching (it runs on)',
    },
    example: 'sweep --grace 2h',
  });
}

async function sweep({ output, global }: Context, options: Options): Promise<ExitCode> {
  const signal = interruption();
  return await withServer({ ...global, taskQueue: options.taskQueue }, async ({ client, taskQueue }) => {
    const request = { delete: options.delete ?? false, graceMs: options.grace };
    const handle = await startSweep(client, taskQueue, request);
    const report = await follow(handle, output, signal);
    const { workflowId, runId } = handle;
    if (!report) {
      output.document({ workflowId, runId, left: true });
      output.note(`Stopped watching; the sweep runs on as workflow ${workflowId}.`);
      return EXIT.interrupted;
    }
    output.document({ workflowId, runId, ...report });
    for (const line of reportLines(report, (command) => nextCommand(global, command))) output.line(line);
    return exitOfReport(report);
  });
}

/** A person reads along: often enough to see that it moves, without a query for every resource. */
const INTERVAL_MS = 500;

/** A query that nobody answered is worth telling after the second time: the first may be a worker that starts. */
const SILENT_POLLS = 2;

/** Undefined: stopped watching. */
async function follow(handle: SweepHandle, output: Output, signal: AbortSignal): Promise<SweepReport | undefined> {
  const stop = new AbortController();
  try {
    const left = aborted(signal).then(() => undefined);
    return await Promise.race([
      handle.result({ signal: stop.signal }),
      left,
      tellProgress(handle, output, stop.signal),
    ]);
  } finally {
    // While a long poll for the result is open, the process would not end.
    stop.abort();
  }
}

/** Never resolves: the race that it is part of ends it. */
async function tellProgress(handle: SweepHandle, output: Output, stop: AbortSignal): Promise<never> {
  let silent = 0;
  let told = '';
  let acts = 0;
  while (!stop.aborted) {
    const report = await handle.report();
    silent = report ? 0 : silent + 1;
    if (silent === SILENT_POLLS) output.note(pc.yellow('no worker answers; start one with: provisioner worker'));
    if (report && !stop.aborted) {
      for (const act of report.acts.slice(acts)) output.note(actLine(act));
      acts = report.acts.length;
      const listed = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
      const now = `listed ${listed}, orphans ${report.counts.orphan}`;
      if (now !== told && listed > 0) output.note(now);
      told = now;
    }
    await sleep(INTERVAL_MS);
  }
  return await new Promise<never>(() => undefined);
}
