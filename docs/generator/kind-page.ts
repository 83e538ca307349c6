/** The page of a built-in kind: what people wrote of it, with its tables made anew between the markers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Kind } from '../../activities/kind.js';
import { BUILT_IN_PROVIDERS } from '../../activities/providers/built-in.js';
import type { Plan } from '../../contract/plan.js';
import { kindTables } from './kind-tables.js';
import { regenerate } from './markdown.js';

export async function kindPage(root: string, kind: Kind): Promise<string> {
  const example = `examples/kinds/${kind.name}.yaml`;
  const plan = parse(readFileSync(join(root, example), 'utf8')) as Plan;
  const spec = Object.values(plan.resources).find((each) => each.kind === kind.name)?.spec;
  const provider = BUILT_IN_PROVIDERS.find(({ name }) => name === kind.provider);
  if (!spec || !provider) throw new Error(`${example} must hold a resource of kind ${kind.name}`);
  const written = readFileSync(join(root, 'docs/reference/kinds', `${kind.name}.md`), 'utf8');
  return regenerate(written, await kindTables(kind, provider, spec));
}
