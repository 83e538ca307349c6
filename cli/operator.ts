/** Who acts, where nobody said so: the user of the operating system. */
import { userInfo } from 'node:os';
import { Option } from 'commander';

/** Help tells the rule, not who asks for it. */
export function byOption(): Option {
  return new Option('--by <name>', 'who decides').default(defaultOperator(), 'the system’s user');
}

function defaultOperator(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user list knows.
    return process.env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
