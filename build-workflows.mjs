/**
 * Makes one module of the workflows, and one of what a workflow of somebody's own takes from us: a worker's bundler spends
 * bytes on each module and each import, in every bundle that every run is parsed from. Packages stay imports, so that the
 * bundler, and a test, still see each one that is used. Without white space, but with every name: stack traces name our functions.
 */
import { readdir, rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { build } from 'rolldown';

const FOLDER = 'dist/workflows';
const MODULES = ['index', 'own-workflows'];
const STAYS = new RegExp(`^(${MODULES.join('|')})\\.js(\\.map)?$|\\.d\\.ts(\\.map)?$`);

/**
 * A worker's bundler writes fifty bytes at each use of an import. Bound once, by the names that they have anyway, imports cost
 * that once. On one line, as before, so that every other line keeps its place in the source map.
 */
const bindOnce = {
  name: 'bind-once',
  renderChunk: (code) => ({
    code: code.replace(/^import \{([^}]*)\} from "@temporalio\/workflow";$/m, (_all, names) => {
      return `import * as sdk from "@temporalio/workflow"; const {${names.replaceAll(' as ', ': ')}} = sdk;`;
    }),
    map: null,
  }),
};

for (const module of MODULES)
  await build({
    plugins: [bindOnce],
    input: `workflows/${module}.ts`,
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    transform: { target: 'es2022' },
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    output: {
      file: `${FOLDER}/${module}.js`,
      format: 'esm',
      sourcemap: true,
      minify: {
        compress: true,
        mangle: { toplevel: true, keepNames: { function: true, class: true } },
        codegen: { removeWhitespace: true },
      },
      comments: false,
    },
    experimental: { attachDebugInfo: 'none' },
    logLevel: 'warn',
  });

for (const name of await readdir(FOLDER)) if (!STAYS.test(name)) await rm(`${FOLDER}/${name}`);
