/** The address under which a person sees a resource at its cloud. For the workflow's own page, the client and the board. */

/**
 * @param template As in `ResolvedStep.console`; `{id}` is replaced, percent-encoded, so that whatever a cloud gives as an id
 *   stays within the address and within a Markdown link.
 */
export function consoleLink(template: string, id: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16)}`;
  // Half of a surrogate pair has no encoding: an error here would fail a workflow's task, for ever.
  const whole = id.replace(/\p{Cs}/gu, '\ufffd');
  return template.replaceAll('{id}', () => encodeURIComponent(whole).replace(/[!'()*]/g, hex));
}
