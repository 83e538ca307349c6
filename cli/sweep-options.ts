/** What `sweep` and `setup --sweep` take alike: durations, and the queue that the configuration names. */
import { InvalidArgumentError, Option } from 'commander';
import { BUILT_IN_PROVIDERS } from '../activities/providers/built-in.js';
import { parseDuration } from '../contract/duration.js';
import { DEFAULT_TASK_QUEUE } from '../contract/names.js';
import { findConfigFile } from '../worker/config/config-file.js';
import { loadConfig } from '../worker/config/load-config.js';
import type { GlobalOptions } from './context.js';

export function durationOption(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It must be a duration such as 90s, 30m or 2h.');
  return milliseconds;
}

/** Parsed into milliseconds; help tells the default as it would be typed. */
export function graceOption(): Option {
  return new Option('--grace <time>', 'how long an owner must have been closed')
    .argParser(durationOption)
    .default(durationOption('1h'), '1h');
}

export interface QueueOptions {
  readonly taskQueue?: string;
}

/** Its secrets stay unread: the worker's machine has them, this one may not. */
export function queueOf({ config, taskQueue }: QueueOptions & GlobalOptions): string {
  if (taskQueue !== undefined) return taskQueue;
  if (findConfigFile(config, process.env) === undefined) return DEFAULT_TASK_QUEUE;
  return loadConfig(config, process.env, BUILT_IN_PROVIDERS, { unread: true }).taskQueue;
}
