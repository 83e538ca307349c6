/**
 * The dev server as a child process that ends with us, however we end. It gets a process group of its own, or Ctrl-C
 * would kill it before the worker's creates in flight could finish; a pipe that closes with our process, also on
 * SIGKILL, tells a watcher beside it to end it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** The watcher becomes a background job, the shell becomes the server: its pid and its exit are the server's own. */
const WATCHED = '(read -r word <&3 || { kill $$; sleep 5; kill -9 $$; }) >/dev/null 2>&1 & exec "$@" 3<&-';
/** A dev server in memory ends within about a second. */
const STOP_DEADLINE_MS = 5_000;
const LAST_LINES = 5;
/** Where a crash of a Go program begins to tell where it was: about a hundred lines that say nothing to its user. */
const TRACE = /^(panic: |fatal error: |goroutine \d+ \[)/;

export interface ServerProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** What it logged so far. */
  log(): string;
  /** The last lines of its log, and of a crash the last before its stack trace. */
  lastWords(): string;
  /** Ends it and removes its log. */
  stop(): Promise<void>;
}

function start(cli: string, args: readonly string[], log: number): ChildProcess {
  // Windows has no such shell: there the server ends with an orderly exit only.
  if (process.platform === 'win32') return spawn(cli, args, { stdio: ['ignore', log, log] });
  const shell = ['-c', WATCHED, 'temporal', cli, ...args];
  return spawn('/bin/sh', shell, { stdio: ['ignore', log, log, 'pipe'], detached: true });
}

function lastWords(log: string): string {
  const lines = log.trim().split('\n');
  const crash = lines.findIndex((line) => TRACE.test(line));
  const end = crash === -1 ? lines.length : crash + 1;
  return lines.slice(Math.max(0, end - LAST_LINES), end).join('\n');
}

export function startServerProcess(cli: string, args: readonly string[]): ServerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'temporal-provisioner-server-'));
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const child = start(cli, args, log);
  closeSync(log);
  const lifeline = child.stdio[3] as Writable | null | undefined;
  lifeline?.on('error', () => undefined);
  const kill = () => void child.kill();
  process.once('exit', kill);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true;
      process.off('exit', kill);
      // A word, not just the end of the pipe: the watcher must not kill a pid that is no longer the server's.
      lifeline?.end('ended\n');
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const read = () => readFileSync(logFile, 'utf8');
  return {
    pid: child.pid ?? 0,
    logFile,
    ended,
    hasEnded: () => over,
    log: read,
    lastWords: () => lastWords(read()),
    async stop() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(force);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
