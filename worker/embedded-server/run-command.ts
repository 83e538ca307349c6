/** Runs another program to its end, with a deadline, and tells a failure in one short line. */
import { execFile } from 'node:child_process';

/** What a failed program said, without addresses: they may hold credentials of a proxy or an index. */
function lastWords(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.replace(/\b[a-z+]+:\/\/\S+/gi, '…').slice(0, 160);
}

/** Its stdout. Rejects where it cannot be started, fails, or is not done within `deadlineMs`. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly deadlineMs: number },
): Promise<string> {
  const { env, deadlineMs } = options;
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { env, timeout: deadlineMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error(`${command} is not installed`, { cause: error }));
      else if (error.killed) reject(new Error(`no answer within ${deadlineMs / 1000} s`, { cause: error }));
      else reject(new Error(lastWords(stderr) || `${command} failed`, { cause: error }));
    });
  });
}
