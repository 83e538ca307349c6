/** Certificates for a test, made by openssl: an authority, what it signed, and a client of another authority's. A day old at most. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Paths of PEM files. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly authority: Pair;
  /** For 127.0.0.1 and localhost. */
  readonly server: Pair;
  readonly client: Pair;
  /** Signed by an authority that nobody trusts. */
  readonly stranger: Pair;
  remove(): Promise<void>;
}

async function openssl(...args: readonly string[]): Promise<void> {
  try {
    await run('openssl', [...args]);
  } catch (cause) {
    throw new Error('openssl must be installed: this test makes certificates with it', { cause });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  const pairOf = (name: string): Pair => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) });
  const authority = async (name: string) => {
    const { cert, key } = pairOf(name);
    await openssl('req', '-x509', ...KEY, '-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-days', '1');
    return { cert, key };
  };
  const signed = async (name: string, by: Pair) => {
    const { cert, key } = pairOf(name);
    const request = join(folder, `${name}.csr`);
    const extensions = join(folder, `${name}.ext`);
    await writeFile(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n');
    await openssl('req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    const authorityFiles = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-extfile', extensions];
    await openssl('x509', '-req', '-in', request, '-out', cert, '-days', '1', ...authorityFiles);
    return { cert, key };
  };
  const ours = await authority('authority');
  return {
    authority: ours,
    server: await signed('server', ours),
    client: await signed('client', ours),
    stranger: await signed('stranger', await authority('strangers')),
    remove: () => rm(folder, { recursive: true }),
  };
}
