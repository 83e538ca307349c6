/** A doc comment in parts, its inline tags as Markdown. Our comments are plain: no TSDoc parser is needed for them. */

export interface DocComment {
  readonly summary: string;
  /** By name, in the comment's order. */
  readonly params: readonly (readonly [name: string, text: string])[];
  readonly returns: string | undefined;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

export function readDocComment(comment = ''): DocComment {
  const text = comment
    .replace(/^\s*\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .replace(/^[ \t]*\* ?/gm, '');
  const [summary = '', ...tagged] = text.split(/^@(?=\w)/m);
  const tags = tagged.map((part) => {
    const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(part) ?? [];
    return { name, rest: rest.trim() };
  });
  const all = (name: string) => tags.filter((tag) => tag.name === name).map(({ rest }) => rest);
  const remarks = all('remarks').map(prose);
  return {
    summary: [prose(summary), ...remarks].filter((part) => part !== '').join('\n\n'),
    params: all('param').map((rest) => {
      const [, name = '', said = ''] = /^(?:- )?(\S+)\s+(?:- )?([\s\S]*)$/.exec(rest) ?? [];
      return [name, prose(said)] as const;
    }),
    returns: all('returns').map(prose)[0],
    throws: all('throws').map(prose),
    examples: all('example'),
  };
}

/** Paragraphs stay, lines within them are joined; list items keep their lines. */
function prose(text: string): string {
  return text
    .replace(/\{@link(?:code)? ([^}|]+?)\s*(?:\|[^}]*)?\}/g, '`$1`')
    .replace(/\\([{}@<>])/g, '$1')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\n(?!\s*- )\s*/g, ' '))
    .join('\n\n')
    .trim();
}
