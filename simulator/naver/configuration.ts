/**
 * The rules of an AI workspace's configuration (AiAppTypeSpec). Where type page and example of the documents differ (`arg`
 * and `args`, `data` as arrays), both or the example count. Source: NAVER Cloud API, "AI Workspaces" and its data types.
 */
import type { FieldReader } from '../fields.js';
import { BadField } from '../operation.js';
import type { World } from '../world.js';

/** From the failure sample of the create page. */
const IMAGE = { pattern: /^(dataforest\/)?([a-z0-9._-]{1,30}):([a-z0-9._-]{1,20})$/ };

export function checkConfiguration(world: World, fields: FieldReader): void {
  const configuration = fields.object('configuration');
  if (!configuration) throw new BadField('configuration', 'must not be null');
  for (const name of ['userPackageUri', 'queueName', 'name']) configuration.text(name);
  const docker = configuration.object('docker');
  if (!docker) throw new BadField('configuration.docker', 'must not be null');
  docker.requiredText('command');
  docker.requiredText('image', IMAGE);
  for (const name of ['args', 'arg', 'workdir']) docker.text(name);
  if (docker.has('workdir') && world.settings.naverWorkdir === 'refused') {
    throw new BadField(docker.pathOf('workdir'), 'is not supported');
  }
  const env = docker.object('env');
  for (const name of Object.keys(docker.raw('env') ?? {})) env?.text(name);
  for (const [i, port] of (docker.list('exposeTcpPorts') ?? []).entries()) {
    const fits = Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535;
    if (!fits) throw new BadField(`${docker.pathOf('exposeTcpPorts')}[${i}]`, 'must be a port');
  }
  const resource = configuration.object('resource');
  resource?.integer('cpuCount', { min: 1 });
  resource?.integer('gpuCount', { min: 1, max: 8 });
  resource?.integer('memoryMb', { min: 1 });
  resource?.text('gpuModel');
  const data = configuration.object('data');
  for (const name of data ? ['input', 'output'] : []) checkMounts(data, name);
}

function checkMounts(data: FieldReader | undefined, name: string): void {
  const mounts = data?.objects(name);
  if (!mounts) throw new BadField(`configuration.data.${name}`, 'must not be null');
  for (const mount of mounts) {
    mount.requiredText('hdfs');
    mount.requiredText('path');
  }
}
