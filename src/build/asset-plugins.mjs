// Two imports that TypeScript does not know, taught to both tools that meet them: esbuild (the build) and vite (the tests).
//   import script from './launch.sh'                               the file's text
//   import program from 'program:verification/program/verify.ts'  that program, bundled into one CommonJS file, as text
// The tests thus see the same bytes that the build ships.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const PROGRAM = 'program:';

/** For esbuild's `plugins`. Each program is bundled once, however many outputs embed it. */
export function esbuildAssets() {
  return {
    name: 'assets',
    setup(build) {
      build.onResolve({ filter: /^program:/ }, ({ path }) => ({
        path: path.slice(PROGRAM.length),
        namespace: 'program',
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: 'program' }, async ({ path }) => {
        const { text, inputs } = await bundleProgram(path);
        return { contents: text, loader: 'text', watchFiles: inputs };
      });
      build.onLoad({ filter: /\.sh$/ }, async ({ path }) => ({
        contents: await readFile(path, 'utf8'),
        loader: 'text',
      }));
    },
  };
}

/** For vite's and vitest's `plugins`. */
export function viteAssets() {
  return {
    name: 'assets',
    enforce: 'pre',
    resolveId(source) {
      return source.startsWith(PROGRAM) ? `\0${source}` : null;
    },
    async load(id) {
      if (id.startsWith(`\0${PROGRAM}`)) {
        const { text, inputs } = await bundleProgram(id.slice(PROGRAM.length + 1));
        for (const input of inputs) this.addWatchFile(input);
        return asModule(text);
      }
      return id.endsWith('.sh') ? asModule(await readFile(id, 'utf8')) : null;
    },
  };
}

function asModule(text) {
  return { code: `export default ${JSON.stringify(text)};`, map: null };
}

/** A pod's program runs in the stock `node` image of its verification Job, which is Node 20 or newer. */
async function bundleProgram(entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join('src', entry)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A manifest of a few long lines is unreadable in a diff and slow in editors.
    lineLimit: 160,
    logLevel: 'silent',
    plugins: [leanRedisClient()],
  });
  const [output] = result.outputFiles;
  // The text becomes a YAML block scalar, which cannot end in spaces and is not to end without a newline.
  return {
    text: `${output.text.trimEnd()}\n`,
    inputs: Object.keys(result.metafile.inputs).map((path) => join(root, path)),
  };
}

/** What ioredis loads and nothing here uses, by how it asks for it, and what it gets instead. */
const UNUSED_BY_REDIS_CLIENT = new Map([
  // Its client for Redis Cluster, reached by an export alone.
  ['./cluster', 'exports.default = class {};'],
  // Certificates of a vendor's cloud.
  ['../constants/TLSProfiles', 'exports.default = {};'],
  // Messages that are printed where the environment asks for them.
  ['debug', 'exports.default = () => () => {};'],
]);

/** A quarter of the bundle: a ConfigMap has no room for it. */
function leanRedisClient() {
  return {
    name: 'lean-redis-client',
    setup(build) {
      build.onResolve({ filter: /^[.\w/]+$/ }, ({ path, importer }) =>
        UNUSED_BY_REDIS_CLIENT.has(path) && /\/ioredis\/built\//.test(importer)
          ? { path, namespace: 'unused-by-redis-client' }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'unused-by-redis-client' }, ({ path }) => ({
        contents: UNUSED_BY_REDIS_CLIENT.get(path),
      }));
    },
  };
}
