/**
 * The SDK's own way to a Temporal CLI: the service temporal.download names an archive, the archive holds the binary.
 * Done here and not by the SDK, whose download cannot be had without starting a server (TestWorkflowEnvironment), shows
 * no progress and has no deadline (sdk-core, ephemeral_server/mod.rs, which also documents the service).
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, interceptors, request } from 'undici';
import { z } from 'zod';
import { runCommand } from './run-command.js';
import type { CliSource, FetchContext } from './source.js';

/** The service answers at once or is not reachable; a blocked network must not keep the next way waiting. */
const MANIFEST_DEADLINE_MS = 10_000;
/** 44 MB at 250 kB/s. */
const ARCHIVE_DEADLINE_MS = 180_000;
/** Ten times the archive of today. */
const MAX_ARCHIVE_BYTES = 500_000_000;
const PROGRESS_INTERVAL_MS = 1_000;

const MANIFEST = z.object({
  archiveUrl: z.url({ protocol: /^https?$/ }),
  // It is handed to tar: no path that leaves the folder, no option.
  fileToExtract: z.string().regex(/^\w[\w-]*(\.\w+)?(\/\w[\w-]*(\.\w+)?)*$/),
});

function proxyAgent(env: NodeJS.ProcessEnv) {
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY;
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY;
  const noProxy = env.no_proxy ?? env.NO_PROXY;
  return new EnvHttpProxyAgent({
    connect: { timeout: MANIFEST_DEADLINE_MS },
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(noProxy !== undefined && { noProxy }),
  });
}

/** Passes the bytes on, tells how many there were, and stops where they are too many. */
function meter(total: string, { build, onProgress }: FetchContext): Transform {
  let bytes = 0;
  let toldAt = performance.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MAX_ARCHIVE_BYTES) return done(new Error('the archive is too large'));
      if (performance.now() - toldAt >= PROGRESS_INTERVAL_MS) {
        toldAt = performance.now();
        onProgress(`Downloading the Temporal CLI ${build.version}: ${Math.round(bytes / 1e6)}${total} MB`);
      }
      done(null, chunk);
    },
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'not reachable';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? error.message.slice(0, 160);
}

/** The source; `site` is for tests. */
export function temporalDownload(site = 'https://temporal.download'): CliSource {
  async function fetch(context: FetchContext): Promise<string> {
    const { build, folder, env } = context;
    const agent = proxyAgent(env);
    const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 }));
    const get = async (url: string, deadlineMs: number) => {
      const answer = await request(url, { dispatcher, signal: AbortSignal.timeout(deadlineMs) });
      if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
      return answer;
    };
    try {
      const query = `arch=${build.arch}&platform=${build.os}&format=tar.gz`;
      const manifest = await get(`${site}/cli/v${build.version}?${query}`, MANIFEST_DEADLINE_MS);
      const { archiveUrl, fileToExtract } = MANIFEST.parse(await manifest.body.json());
      const archive = await get(archiveUrl, ARCHIVE_DEADLINE_MS);
      const length = Number(archive.headers['content-length']);
      const total = length > 0 ? ` of ${Math.round(length / 1e6)}` : '';
      const file = join(folder, 'archive.tar.gz');
      await pipeline(archive.body, meter(total, context), createWriteStream(file));
      await runCommand('tar', ['-xzf', file, '-C', folder, fileToExtract], { env, deadlineMs: 60_000 });
      return join(folder, fileToExtract);
    } catch (error) {
      throw new Error(describe(error), { cause: error });
    } finally {
      await agent.destroy();
    }
  }
  return { name: 'temporal.download', fetch };
}
