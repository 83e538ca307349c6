/** A server that asks its clients for a certificate (mTLS): command line and worker with the variables that every Temporal tool takes. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Certificates, makeCertificates, type Pair } from '../support/certificates.js';
import { studio } from '../support/resources.js';
import { Topology } from './topology.js';

const topology = new Topology();
let certificates: Certificates;

function variablesOf({ cert, key }: Pair): Readonly<Record<string, string>> {
  return {
    TEMPORAL_TLS_CLIENT_CERT_PATH: cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority.cert,
    // Node warns about an IP address as a TLS server name.
    TEMPORAL_TLS_SERVER_NAME: 'localhost',
  };
}

beforeAll(async () => {
  certificates = await makeCertificates();
  const { authority, server, client } = certificates;
  const [ca, crt, key] = await Promise.all([authority.cert, client.cert, client.key].map((path) => readFile(path)));
  await topology.open({
    server: {
      // The server's own services are clients of its frontend: they show the certificate that they have among themselves.
      env: {
        TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true',
        TEMPORAL_TLS_FRONTEND_CERT: server.cert,
        TEMPORAL_TLS_FRONTEND_KEY: server.key,
        TEMPORAL_TLS_CLIENT1_CA_CERT: authority.cert,
        TEMPORAL_TLS_SERVER_CERT: server.cert,
        TEMPORAL_TLS_SERVER_KEY: server.key,
        TEMPORAL_TLS_SERVER_CA_CERT: authority.cert,
        TEMPORAL_TLS_INTERNODE_SERVER_NAME: 'localhost',
        TEMPORAL_TLS_FRONTEND_SERVER_NAME: 'localhost',
      },
      tls: {
        serverNameOverride: 'localhost',
        serverRootCACertificate: ca as Buffer,
        clientCertPair: { crt: crt as Buffer, key: key as Buffer },
      },
    },
    variables: variablesOf(client),
  });
});
afterAll(async () => {
  await topology.close();
  await certificates.remove();
});

test('a worker with a client certificate from the variables provisions over mTLS', async () => {
  await topology.startWorker();
  const run = await topology.start({ name: topology.planName(), resources: { studio: studio() } });
  expect(await topology.outcomeOf(run)).toBe('Provisioned');
  expect(await topology.alive()).toEqual(['studio_ws']);
  await topology.checkStarted();
});

test.each(['list', 'worker --config examples/provisioner.config.yaml'])(
  '`%s` with a certificate of another authority ends with one line that names the variables',
  async (command) => {
    const names = ['HUAWEI_AK', 'HUAWEI_SK', 'NCP_ACCESS_KEY', 'NCP_SECRET_KEY', 'HDFS_PASSWORD'];
    const alibaba = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
    const secrets = Object.fromEntries([...names, ...alibaba].map((name) => [name, 'set']));
    const ended = await topology.cli(command.split(' '), { ...secrets, ...variablesOf(certificates.stranger) });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/^error: [^\n]* TEMPORAL_TLS_\*[^\n]*\n$/);
    expect(ended.stdout).toBe('');
  },
);
