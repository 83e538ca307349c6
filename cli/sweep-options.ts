/** Durations, as `sweep` and `setup --sweep` take them. */
import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../contract/duration.js';

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
