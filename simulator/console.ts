/** The page that stands in for a cloud's console: what the simulator holds under one id, for whoever follows a link there. */
import type { Answer } from './http.js';
import type { ResourceView } from './resources.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** The same id may stand on two clouds. Nothing in the page can run: whoever made a resource chose its text. */
export function consolePage(id: string, resources: readonly ResourceView[]): Answer {
  const found = resources.filter((resource) => resource.id === id);
  const facts = found.map(
    (resource) =>
      `<h2>${escaped(resource.name)}</h2><dl>${Object.entries(resource)
        .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
        .join('')}</dl>`,
  );
  const body = found.length > 0 ? facts.join('') : `<p>There is no resource ${escaped(id)} (any more).</p>`;
  return {
    status: found.length > 0 ? 200 : 404,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulator</title><h1>Simulator: nothing here is real</h1>${body}</html>`,
  };
}
