/** The few forms of Markdown that generated pages are made of. */

/** A cell may hold anything but a line break and a bar. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Code within a line; a text that holds backticks gets a longer fence. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}

/** A page: its parts with an empty line between, those left out that say nothing. */
export function page(...parts: readonly (string | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

const OPEN = '<!-- generated -->';
const CLOSE = '<!-- /generated -->';

/** The page with what stands between its markers replaced, so that what people wrote around stays. */
export function regenerate(written: string, generated: string): string {
  const [before, rest] = written.split(OPEN);
  const after = rest?.split(CLOSE)[1];
  if (before === undefined || after === undefined) throw new Error(`A page needs the markers ${OPEN} and ${CLOSE}`);
  return `${before}${OPEN}\n\n${generated.trim()}\n\n${CLOSE}${after}`;
}
