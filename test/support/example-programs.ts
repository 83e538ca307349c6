/**
 * The example programs in other languages, made ready to run. What they need goes into the cache, never beside the sources.
 * A language whose toolchain is not here, or whose packages cannot be had, says why; a program that does not build throws.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../worker/embedded-server/cli-cache.js';
import { runCommand } from '../../worker/embedded-server/run-command.js';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program, or why there is none. */
export type Prepared = { readonly program: Program } | { readonly missing: string };

export type Language = 'curl' | 'python' | 'go' | 'java';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
/** Compilers and downloads on a slow machine. */
const DEADLINE_MS = 500_000;

export async function prepare(language: Language): Promise<Prepared> {
  try {
    return { program: await WAYS[language](join(EXAMPLES, language)) };
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message };
    throw error;
  }
}

class Missing extends Error {}

/** What a program needs from outside: without it the language is left out. */
async function need(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    return await runCommand(command, args, { env: { ...process.env, ...env }, deadlineMs: DEADLINE_MS });
  } catch (error) {
    throw new Missing(`${command} ${args[0] ?? ''}: ${(error as Error).message}`);
  }
}

/** Of the sources as they are now: built once, by whoever comes first. `build` may be cut off and done again. */
async function cached(language: Language, source: string, build: (folder: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(source, name);
    if (statSync(file).isFile()) hash.update(name).update(readFileSync(file));
  }
  const folder = join(cacheFolder(process.env), `example-${language}-${hash.digest('hex').slice(0, 12)}`);
  const done = join(folder, 'done');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build(folder);
  writeFileSync(done, '');
  return folder;
}

const WAYS: Readonly<Record<Language, (source: string) => Promise<Program>>> = {
  async curl(source) {
    for (const tool of ['bash', 'curl', 'jq']) await need(tool, ['--version']);
    return { command: 'bash', args: [join(source, 'provision.sh')] };
  },

  async python(source) {
    // The least that the SDK is made for.
    await need('python3', ['-c', 'import sys; assert sys.version_info >= (3, 10), "older than Python 3.10"']);
    const folder = await cached('python', source, async (into) => {
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
      await need('python3', [...pip, '--target', join(into, 'packages'), '-r', join(source, 'requirements.txt')]);
    });
    const env = { PYTHONPATH: join(folder, 'packages'), PYTHONDONTWRITEBYTECODE: '1' };
    return { command: 'python3', args: [join(source, 'provision.py')], env };
  },

  async go(source) {
    // Takes a newer toolchain where go.mod wants one and it can be had.
    await need('go', ['-C', source, 'version']);
    const folder = await cached('go', source, async (into) => {
      await need('go', ['-C', source, 'mod', 'download']);
      const build = ['-C', source, 'build', '-o', join(into, 'provision'), '.'];
      await runCommand('go', build, { env: process.env, deadlineMs: DEADLINE_MS });
    });
    return { command: join(folder, 'provision'), args: [] };
  },

  async java(source) {
    await need('javac', ['--release', '17', '--version']);
    await need('mvn', ['--version']);
    const folder = await cached('java', source, async (into) => {
      cpSync(source, into, { recursive: true });
      const maven = ['-q', '-B', '-f', join(into, 'pom.xml')];
      await need('mvn', [...maven, 'dependency:copy-dependencies']);
      await runCommand('mvn', [...maven, 'compile'], { env: process.env, deadlineMs: DEADLINE_MS });
    });
    const classes = [join(folder, 'target', 'classes'), join(folder, 'target', 'dependency', '*')];
    return { command: 'java', args: ['-cp', classes.join(delimiter), 'Provision'] };
  },
};
