/** One page for each export of the package: a heading for each name, its signature, and what its comment says. */
import { type DocComment, readDocComment } from './doc-comment.js';
import type { ApiEntry, ApiItem } from './extract-api.js';
import { block, code, page, table } from './markdown.js';

/** On which entry's page a name is told: of several that export it, the one that most readers look into. */
export type Homes = ReadonlyMap<string, string>;

/** The last one wins. */
const LOOKED_INTO = ['client', 'index', 'contract'];

export function homesOf(entries: readonly ApiEntry[]): Homes {
  const known = ({ name }: ApiEntry) => LOOKED_INTO.indexOf(name);
  return new Map(
    [...entries]
      .sort((one, other) => known(one) - known(other))
      .flatMap(({ name, items }) => exported(items).map((item) => [item.name ?? '', name] as const)),
  );
}

export function apiPage({ name, specifier, items }: ApiEntry, homes: Homes): string {
  const all = exported(items);
  const sections = all.filter((item) => homes.get(item.name ?? '') === name).map(section);
  const said = sections.join('\n');
  const others = items
    .filter((item) => !all.includes(item) && new RegExp(`\\b${item.name}\\b`).test(said))
    .flatMap((item) => elsewhere(item, name, homes));
  return page(
    `# ${specifier}`,
    `Generated from the source. What the package exports as a whole, name by name: [the report](report/${name}.api.md).`,
    table(
      ['name', 'is'],
      all.map((item) => [`[${code(item.name ?? '')}](${placeOf(item, name, homes)})`, wordOf(item)]),
    ),
    ...sections,
    others.length > 0 ? '## Named above, exported elsewhere' : undefined,
    others.length > 0 ? table(['name', 'where'], others) : undefined,
  );
}

/** A reference to a name that is only reached through others is written with `!~`. */
export function exported(items: readonly ApiItem[]): readonly ApiItem[] {
  return items.filter(({ canonicalReference }) => !canonicalReference.includes('!~'));
}

function elsewhere(item: ApiItem, entry: string, homes: Homes): [string, string][] {
  const home = homes.get(item.name ?? '');
  return home === undefined || home === entry
    ? []
    : [[code(item.name ?? ''), `[${home}](${home}.md#${(item.name ?? '').toLowerCase()})`]];
}

function placeOf({ name = '' }: ApiItem, entry: string, homes: Homes): string {
  const home = homes.get(name) ?? entry;
  return `${home === entry ? '' : `${home}.md`}#${name.toLowerCase()}`;
}

const WORDS: Readonly<Record<string, string>> = {
  Class: 'class',
  Function: 'function',
  Interface: 'interface',
  TypeAlias: 'type',
  Variable: 'value',
};

function wordOf({ kind, name }: ApiItem): string {
  return name?.endsWith('Error') ? 'error' : (WORDS[kind] ?? kind);
}

function section(item: ApiItem): string {
  const doc = readDocComment(item.docComment);
  const members = (item.members ?? []).filter(isTold);
  return page(
    `## ${item.name}`,
    doc.summary,
    block('typescript', signature(item, members)),
    ...told(doc),
    memberTable(members),
    ...members.flatMap((member) => examplesOf(readDocComment(member.docComment))),
  ).trim();
}

/** That an error has a name says nothing. */
function isTold({ kind, name }: ApiItem): boolean {
  return !(kind === 'Property' && name === 'name');
}

function signature(item: ApiItem, members: readonly ApiItem[]): string {
  const own = (item.kind === 'Variable' ? 'export const ' : '') + textOf(item).replace(/^export declare /, 'export ');
  if (item.kind !== 'Class' && item.kind !== 'Interface') return clipped(own);
  return [`${own.trim()} {`, ...members.map((member) => `  ${textOf(member).replace(/\s*\n\s*/g, ' ')}`), '}'].join(
    '\n',
  );
}

function textOf({ excerptTokens = [] }: ApiItem): string {
  return excerptTokens
    .map(({ text }) => text)
    .join('')
    .replace(/import\("[^"]*"\)\./g, '');
}

/** A zod schema's type is longer than what it checks; the page of the type that it stands for says it better. */
const LONGEST = 700;

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, text.indexOf('<'))}<…>;` : text;
}

function told(doc: DocComment): (string | undefined)[] {
  return [
    doc.params.length > 0
      ? table(
          ['parameter', 'is'],
          doc.params.map(([name, text]) => [code(name), text]),
        )
      : undefined,
    doc.returns && `Returns ${doc.returns}`,
    doc.throws.length > 0 ? `Throws ${doc.throws.join('; ')}` : undefined,
    ...examplesOf(doc),
  ];
}

function examplesOf({ examples }: DocComment): string[] {
  return examples.map((example) => block('typescript', example.replace(/^```\w*\n|\n?```$/g, '')));
}

function memberTable(members: readonly ApiItem[]): string | undefined {
  // Of a constructor without a comment api-extractor makes a sentence that says nothing.
  const empty = /^Constructs a new instance of the `\w+` class$/;
  const rows = members.flatMap((member) => {
    const { summary, returns, throws, params } = readDocComment(member.docComment);
    const more = [returns && `Returns ${returns}`, ...throws.map((text) => `Throws ${text}`)];
    const said = [summary, ...params.map(([name, text]) => `${code(name)}: ${text}`), ...more];
    const text = said.filter((part) => part).join(' ');
    return text !== '' && !empty.test(text) ? [[code(member.name ?? 'constructor'), text]] : [];
  });
  return rows.length > 0 ? table(['member', 'is'], rows) : undefined;
}
