/** The few files that pages refer to, from this package and from the one library that runs in the browser. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Context } from 'hono';
import { Trouble } from './trouble.js';

const own = (name: string) => new URL(`./assets/${name}`, import.meta.url);
const { resolve } = createRequire(import.meta.url);

const ASSETS: Readonly<Record<string, { readonly type: string; readonly file: URL | string }>> = {
  'board.css': { type: 'text/css', file: own('board.css') },
  'board.js': { type: 'text/javascript', file: own('board.js') },
  'icon.svg': { type: 'image/svg+xml', file: own('icon.svg') },
  'idiomorph.js': { type: 'text/javascript', file: resolve('idiomorph/dist/idiomorph.esm.js') },
};

export function serveAsset(context: Context): Response {
  const name = context.req.param('name') ?? '';
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (!asset) throw new Trouble(404, 'No such file', ['The board has no file of this name.']);
  context.header('content-type', `${asset.type}; charset=utf-8`);
  // Small, and from this machine: asking again costs less than a stale one after an update.
  context.header('cache-control', 'no-cache');
  return context.body(readFileSync(asset.file, 'utf8'));
}
