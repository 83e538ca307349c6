/** The built command line as a child process, as its users run it. Needs `npm run build`, which `npm test` does first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly ended: Promise<CliEnd>;
  /** Resolves with everything on stdout so far, once it matches; rejects if the process ends before. */
  until(pattern: RegExp): Promise<string>;
}

export function startCli(args: readonly string[], { env = {}, input, cwd }: CliOptions = {}): RunningCli {
  if (!existsSync(MAIN)) throw new Error('Build first: npm run build');
  // Neither the developer's Temporal profile nor their configuration may leak into a test.
  const { TEMPORAL_CLI_PATH, HOME, PATH = '', XDG_CACHE_HOME } = process.env;
  const inherited = Object.entries({ TEMPORAL_CLI_PATH, HOME, PATH, XDG_CACHE_HOME });
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
      TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.end(input ?? '');
  const ended = new Promise<CliEnd>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(stdout)) return;
        listeners.delete(look);
        resolve(stdout);
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended before ${pattern}: ${stdout}${stderr}`)));
    });
  return { process: child, ended, until };
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return await startCli(args, options).ended;
}
