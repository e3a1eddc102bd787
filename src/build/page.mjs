// The simulator's page, as the files of docs/simulator/: `npm run docs` writes them, and a test holds them against the sources.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './asset-plugins.mjs';

const FOLDER = join(root, 'src/simulator/page');
const require = createRequire(import.meta.url);

/** Of cdk8s and constructs, what a topology's settings are made of; no manifest is ever made in a page. */
const CDK8S = `
export { Duration } from 'cdk8s/lib/duration.js';
export { Size, SizeRoundingBehavior } from 'cdk8s/lib/size.js';
export class ApiObject {}
export class Chart {}
`;

/** Of Node's modules, what the loader of topologies calls (node-modules.ts). */
const OF_NODE = ['basename', 'extname', 'isIP', 'join', 'resolve'];

/** @returns the text of each file by its name */
export async function buildPage() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['src/simulator/page/main.ts'],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    // What git and an editor can still show.
    lineLimit: 500,
    logLevel: 'silent',
    plugins: [forBrowser()],
  });
  const text = (name) => readFileSync(join(FOLDER, name), 'utf8');
  return {
    'index.html': text('index.html'),
    'simulator.css': text('simulator.css'),
    'simulator.js': `${result.outputFiles[0].text.trimEnd()}\n`,
  };
}

/** A module of Node with all its names; but for the few above, calling one is a mistake. */
function ofNode(path) {
  const names = Object.keys(require(path)).filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== 'default');
  const own = names.filter((name) => OF_NODE.includes(name));
  return [
    `import { ${[...own, 'absent'].join(', ')} } from './node-modules.ts';`,
    `export { ${own.join(', ')} };`,
    ...names.filter((name) => !own.includes(name)).map((name) => `export { absent as ${name} };`),
  ].join('\n');
}

function forBrowser() {
  const standIn = (filter, namespace, contents) => (plugin) => {
    plugin.onResolve({ filter }, ({ path }) => ({ path, namespace, sideEffects: false }));
    plugin.onLoad({ filter: /.*/, namespace }, () => ({ contents, resolveDir: root }));
  };
  return {
    name: 'for-browser',
    setup(plugin) {
      standIn(/^cdk8s$/, 'cdk8s', CDK8S)(plugin);
      standIn(/^constructs$/, 'constructs', 'export class Construct {}')(plugin);
      standIn(/^program:/, 'program', "export default ''")(plugin);
      standIn(/\.sh$/, 'script', "export default ''")(plugin);
      plugin.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'node', sideEffects: false }));
      plugin.onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => ({
        contents: ofNode(path),
        resolveDir: FOLDER,
      }));
      // The copy that the command reads with.
      const yaml = join(require.resolve('yaml'), '../../browser/index.js');
      plugin.onResolve({ filter: /^yaml$/ }, () => ({ path: yaml }));
    },
  };
}
