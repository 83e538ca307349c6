/**
 * A reader who types a page's commands, in a folder of their own. As written, but for three things that a test cannot share
 * with its neighbours: ports, the registry that `npm install` would ask, and a Temporal server that was there before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../worker/embedded-server/free-port.js';
import { type Block, ROOT } from './doc-blocks.js';

interface End {
  readonly code: number | null;
  readonly said: string;
}

export class DocSession {
  private readonly folder = mkdtempSync(join(tmpdir(), 'docs-'));
  private readonly terminals: ChildProcess[] = [];
  private said = '';

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    /** As the pages have them → as they are here. */
    private readonly ports: ReadonlyMap<string, string>,
  ) {}

  static async open(temporalCli: string): Promise<DocSession> {
    const written = ['7233', '8233', '7300', '8234', '9464'];
    const free: string[] = [];
    for (const _port of written) free.push(String(await freePort()));
    const [port, uiPort, , boardPort] = free;
    const env = {
      HOME: process.env.HOME,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
      TEMPORAL_CLI_PATH: temporalCli,
      TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      NO_COLOR: '1',
      DOCS_PORTS: `--port ${port} --ui-port ${uiPort}`,
      DOCS_BOARD_PORT: `--port ${boardPort}`,
    };
    const session = new DocSession(env, new Map(written.map((one, index) => [one, free[index] ?? ''])));
    session.furnish(temporalCli);
    return session;
  }

  /** What a reader has: the examples, and the package's command. */
  private furnish(temporalCli: string): void {
    const bin = join(this.folder, '.bin');
    mkdirSync(bin);
    cpSync(join(ROOT, 'examples'), join(this.folder, 'examples'), { recursive: true });
    const main = join(ROOT, 'dist/cli/main.js');
    const provisioner = [
      '#!/bin/sh',
      'name=$1',
      'case $name in',
      `  up) shift; exec node ${main} up $DOCS_PORTS "$@" ;;`,
      `  board) shift; exec node ${main} board $DOCS_BOARD_PORT "$@" ;;`,
      `  *) exec node ${main} "$@" ;;`,
      'esac',
    ];
    const npx = [
      '#!/bin/sh',
      '[ "$1" = provisioner ] || { echo "npx $1?" >&2; exit 64; }',
      'shift',
      'exec provisioner "$@"',
    ];
    // The package as it was built here, with the dependencies that are installed here.
    const npm = [
      '#!/bin/sh',
      '[ "$1" = install ] || { echo "npm $1?" >&2; exit 64; }',
      'mkdir -p node_modules',
      `ln -sfn ${ROOT} node_modules/temporal-provisioner`,
      `cd node_modules && for each in $(ls -A ${ROOT}node_modules); do [ -e "$each" ] || ln -s ${ROOT}node_modules/"$each" .; done`,
    ];
    for (const [name, lines] of Object.entries({ provisioner, npx, npm })) {
      writeFileSync(join(bin, name), `${lines.join('\n')}\n`, { mode: 0o755 });
    }
    symlinkSync(temporalCli, join(bin, 'temporal'));
    symlinkSync(process.execPath, join(bin, 'node'));
    this.env.PATH = [bin, join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  }

  /** Does what the block says; throws with what was said where it comes to something else. */
  async take({ text: written, language, does, page, line }: Block): Promise<void> {
    const at = `${page}:${line}`;
    const text = written.replaceAll(/(?<=[: ])(7233|8233|7300|8234|9464)\b/g, (port) => this.ports.get(port) ?? port);
    if (does?.what === 'save') return writeFileSync(join(this.folder, does.value), text);
    if (language === 'text' && does?.what === 'output') return this.compare(text, at);
    if (language !== 'sh' || does?.what === 'file' || does?.what === 'ci') return;
    if (does?.what === 'terminal') return await this.keepRunning(text, does.value, at);
    const { code, said } = await this.run(text);
    this.said = said;
    const wanted = does?.what === 'exit' ? Number(does.value) : 0;
    if (code !== wanted) throw new Error(`${at} ended with ${code}, not ${wanted}:\n${said}`);
  }

  private async run(text: string): Promise<End> {
    const child = this.start(text);
    let said = '';
    child.stdout?.on('data', (chunk: string) => (said += chunk));
    child.stderr?.on('data', (chunk: string) => (said += chunk));
    return await new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
  }

  private async keepRunning(text: string, ready: string, at: string): Promise<void> {
    const child = this.start(text);
    this.terminals.push(child);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: string) => {
        said += chunk;
        if (said.includes(ready)) resolve();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.on('close', (code) => reject(new Error(`${at} ended with ${code}:\n${said}`)));
    });
  }

  private start(text: string): ChildProcess {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, to be ended as a whole.
      detached: true,
    });
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    return child;
  }

  /** Line by line and in order; `…` stands for anything, and how much white space there is does not matter. */
  private compare(text: string, at: string): void {
    const pattern = text
      .trim()
      .split(/\s*\n\s*/)
      .map((line) => line.split('…').map(literal).join('.*'))
      .join('[^]*?');
    if (!new RegExp(pattern).test(this.said)) throw new Error(`${at} is not what was said:\n${this.said}`);
  }

  async close(): Promise<void> {
    for (const child of this.terminals.reverse()) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGTERM');
        await ended;
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
}
