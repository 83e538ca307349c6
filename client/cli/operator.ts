/** Who acts, where nobody said so: the user of the operating system. */
import { userInfo } from 'node:os';

export function defaultOperator(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user list knows.
    return process.env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
