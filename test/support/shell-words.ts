/** The arguments that a shell makes of an example on our pages: the program's name and a redirection left out. */
export function wordsOf(example: string): string[] {
  const [, ...words] = example.replace(/ > .*$/, '').match(/'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^'(.*)'$/, '$1'));
}
