/** An empty project of somebody else's, and how they run things in it: with their Node, their npm, and nothing of this repository. */
import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

export interface Project {
  readonly folder: string;
  /** Of the Node that everything in it runs on. */
  readonly node: string;
  readonly temporalCli: string;
}

export interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What npm is told about where it gets packages and keeps them; all else of its variables is about this repository. */
const KEPT = /^npm_config_(registry|cache|userconfig|globalconfig|cafile|.*proxy)$/i;
const OURS = /^(npm_|node_|vitest|temporal_|provisioner_|init_cwd)/i;

function environment({ node, temporalCli }: Project): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name) || !OURS.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(node), ...path].join(delimiter),
    TEMPORAL_CLI_PATH: temporalCli,
    TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
    NO_COLOR: '1',
  };
}

/** A command that goes on, such as `npx provisioner up`. */
export class Running {
  private stdout = '';
  private stderr = '';
  readonly ended: Promise<End>;
  private readonly child: ChildProcess;

  constructor(project: Project, [command = '', ...args]: readonly string[]) {
    const { folder: cwd } = project;
    // A group of its own: what npx starts is ended with it.
    this.child = spawn(command, args, { cwd, env: environment(project), detached: true, stdio: 'pipe' });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.child.stdin?.end();
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
    this.ended.catch(() => undefined);
  }

  /** Resolves with the match once stdout holds it; rejects with all that was said if it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return await new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.stdout);
        if (found) resolve(found);
      };
      this.child.stdout?.on('data', look);
      look();
      this.ended.then(
        ({ code, stdout, stderr }) => reject(new Error(`ended with ${code} before ${pattern}:\n${stdout}${stderr}`)),
        reject,
      );
    });
  }

  /** As Ctrl-C in their terminal. */
  async interrupt(): Promise<End> {
    if (this.child.exitCode === null && this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGINT');
    return await this.ended;
  }
}

export async function run(project: Project, ...command: readonly string[]): Promise<End> {
  return await new Running(project, command).ended;
}

/** What it says on stdout; throws with all that it said where it does not end with 0. */
export async function succeed(project: Project, ...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(project, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
