import { expect, test } from 'vitest';
import type { Connection } from '../../activities/connection.js';
import { consoleUrl } from '../../activities/console-url.js';
import type { Kind } from '../../activities/kind.js';
import { BUILT_IN_KINDS } from '../../activities/providers/built-in-kinds.js';
import { consoleLink } from '../../contract/console-link.js';
import type { JsonObject } from '../../contract/plan.js';

const real = { region: 'cn-north-4', simulator: false } as Connection;

function urlOf(kind: string, connection: Partial<Connection> = {}, spec: JsonObject = {}): string | undefined {
  const found = BUILT_IN_KINDS.find(({ name }) => name === kind) as Kind;
  return consoleUrl(found, { ...real, ...connection }, spec);
}

test.each([
  ['huawei.dataarts-studio.workspace', {}, 'https://console.huaweicloud.com/dayu/?region=cn-north-4'],
  ['huawei.dataarts-fabric.workspace', {}, 'https://console.huaweicloud.com/fabric/?region=cn-north-4'],
  ['naver.data-forest.ai-workspace', {}, 'https://console.ncloud.com/'],
  ['alibaba.dataworks.project', {}, 'https://dataworks.data.aliyun.com/cn-north-4/sc?defaultProjectId={id}'],
  [
    'alibaba.dataworks.workflow',
    { ProjectId: '12' },
    'https://dataworks.data.aliyun.com/cn-north-4/sc?defaultProjectId=12',
  ],
])('%s leads to its page in the console of its region', (kind, spec, url) => {
  expect(urlOf(kind, {}, spec)).toBe(url);
});

test('a workflow whose project is still to be made leads to the list of projects', () => {
  const spec = { ProjectId: { $ref: 'project.id' } };
  expect(urlOf('alibaba.dataworks.workflow', {}, spec)).toBe('https://dataworks.console.aliyun.com/workspace/list');
});

test('on the simulator every kind leads to the page of the simulator', () => {
  const connection = { simulator: true, endpoint: { 'dataarts-studio': 'http://127.0.0.1:4000/x' } };
  for (const { name } of BUILT_IN_KINDS)
    expect(urlOf(name, connection)).toBe('http://127.0.0.1:4000/__simulator/console/{id}');
});

test.each(['javascript:alert(1)', 'https://a.example/) <b>', 'nowhere', 'https://'])(
  'an address such as %s from a kind of somebody is left out',
  (url) => {
    expect(consoleUrl({ consoleUrl: () => url } as Partial<Kind> as Kind, real, {})).toBeUndefined();
  },
);

test('an id stays within the address that it is put into', () => {
  expect(consoleLink('https://a.example/{id}?x={id}', "a/b?c=(1)'$&")).toBe(
    'https://a.example/a%2Fb%3Fc%3D%281%29%27%24%26?x=a%2Fb%3Fc%3D%281%29%27%24%26',
  );
});

test('an id that no address can hold as it is has an address, and ends no workflow task', () => {
  expect(consoleLink('https://a.example/{id}', 'a\ud800b')).toBe('https://a.example/a%EF%BF%BDb');
});
