/** The generated half of a kind's page, from the kind, its provider, its error table and what it was seen to call. */
import type { Provider } from '../../activities/cloud.js';
import type { Kind } from '../../activities/kind.js';
import type { JsonObject } from '../../contract/plan.js';
import { errorTable } from './error-table.js';
import { code, page, table } from './markdown.js';
import { type ObservedCall, observeCalls } from './observe-calls.js';
import { alternatives, specTable } from './spec-table.js';

/** With which huawei's passwords become tokens: any call of a kind may meet its errors. */
const AUTHENTICATION = 'KeystoneCreateUserTokenByPassword';

export async function kindTables(kind: Kind, provider: Provider, example: JsonObject): Promise<string> {
  const calls = await observeCalls(kind, provider, example);
  const operations = [AUTHENTICATION, ...kindOperations(kind, calls)];
  return page(
    '## At a glance',
    glance(kind, provider),
    '## Calls',
    'Each may be made several times; lists are read to their last page, or refused where there are too many.',
    table(
      ['for', 'operation', 'request'],
      calls.map(({ by, operation, request }) => [by, code(operation), code(request)]),
    ),
    '## Spec',
    'Other fields are refused. Any value may be `{ "$ref": "step.output" }` instead.',
    specTable(kind),
    '## Outputs',
    table(
      ['output', 'is'],
      [
        [code('id'), 'the resource’s id in its cloud'],
        ...Object.entries(kind.outputs).map(([name, is]) => [code(name), is]),
      ],
    ),
    '## Errors',
    'The first row that fits decides. What the failures mean: [failures](../failures.md).',
    errorTable(kind.name.split('.').slice(0, 2).join('.'), operations),
  );
}

/** Those that were seen, and those that the dry run names besides, such as taking a published workflow offline. */
function kindOperations({ calls }: Kind, observed: readonly ObservedCall[]): string[] {
  const named = [...calls.create, ...calls.delete].flatMap((text) => text.match(/\b[A-Z][a-z]+[A-Za-z]+\b/g) ?? []);
  return [...observed.map(({ operation }) => operation), ...named];
}

function glance(kind: Kind, provider: Provider): string {
  const service = kind.name.split('.')[1] ?? '';
  const { requestsPerMinute, concurrency } = provider.limits;
  const { path, maxLength } = kind.description;
  const rows: (readonly [string, string | undefined])[] = [
    ['kind', code(kind.name)],
    ['cloud', `${code(provider.name)}, service ${code(service)}`],
    ['endpoint', code(provider.services[service]?.('{region}') ?? '')],
    ['a second one of the same name', DUPLICATES[kind.duplicates]],
    [
      'late-commit window',
      `${kind.lateCommitWindowMs / 1000} s; ${code('lateCommitWindow')} of the connection changes it`,
    ],
    [
      'limits of the connection',
      `${requestsPerMinute} requests a minute, ${concurrency} at once; ${code('limits')} changes them`,
    ],
    ['credentials', alternatives(provider.credentials).map(credentialList).join('; or ')],
    ['scope it needs', Object.values(kind.scopeFields).map(code).join(', ') || undefined],
    ['marker', `at the end of ${code(path)}, which holds at most ${maxLength} characters with it`],
    ['console', consoleOf(kind)],
    ['deleted before it', (kind.contains ?? []).map(code).join(', ') || undefined],
    ['cannot be undone', kind.irreversible],
  ];
  return table(
    ['what', 'is'],
    rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

const DUPLICATES = {
  refused: 'is refused, as the cloud documents',
  possible: 'may be made: the cloud does not document that it refuses one',
} as const;

function credentialList(names: readonly string[]): string {
  return names.map((name) => (name.endsWith('?') ? `${code(name.slice(0, -1))} (optional)` : code(name))).join(', ');
}

function consoleOf(kind: Kind): string | undefined {
  const url = kind.consoleUrl?.({ region: '{region}', spec: { ProjectId: '{ProjectId}' } });
  return url && code(decodeURIComponent(url));
}
