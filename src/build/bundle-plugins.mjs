import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { root } from './asset-plugins.mjs';

const require = createRequire(import.meta.url);

/** `import { charts } from 'charts:typescript'`: every charts/*.ts, each evaluated only when it is asked for. */
export function esbuildCharts() {
  return {
    name: 'charts',
    setup(build) {
      const folder = join(root, 'charts');
      build.onResolve({ filter: /^charts:typescript$/ }, ({ path }) => ({ path, namespace: 'charts' }));
      build.onLoad({ filter: /.*/, namespace: 'charts' }, async () => {
        const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).sort();
        const charts = files.map(async (file) => {
          const text = JSON.stringify(await readFile(join(folder, file), 'utf8'));
          return `{ file: ${JSON.stringify(file)}, text: ${text}, load: () => require(${JSON.stringify(`./${file}`)}) },`;
        });
        return { contents: `export const charts = [${(await Promise.all(charts)).join('\n')}];`, resolveDir: folder };
      });
    },
  };
}

/** Built-in modules of Node that cdk8s loads for its helm and download functions, which few charts call. */
export const LATE = ['child_process', 'os'];

/**
 * Makes a bundle start fast, and changes nothing else: one copy of each library; what is rarely needed is loaded when it
 * is. Where a library no longer looks as it is expected here, it is taken as it is.
 */
export function esbuildLean() {
  // cdk8s writes the manifests with a copy of its own; everything else reads with the same.
  const yaml = createRequire(require.resolve('cdk8s')).resolve('yaml');
  return {
    name: 'lean',
    setup(build) {
      build.onResolve({ filter: /^yaml$/ }, () => ({ path: yaml }));
      build.onResolve({ filter: new RegExp(`^(${LATE.join('|')})$`) }, ({ path, importer }) =>
        /node_modules\/cdk8s\/lib\//.test(importer) ? { path, namespace: 'late' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
        const getters = Object.keys(require(path)).map(
          (key) => `get ${key}() { return require('node:${path}').${key}; },`,
        );
        return { contents: `module.exports = { __esModule: true, ${getters.join('\n')} };`, loader: 'js' };
      });
      build.onLoad({ filter: /cdk8s\/lib\/_child_process\.js$/ }, () => ({
        contents: `exports._child_process = { get spawnSync() { return require('node:child_process').spawnSync; } };`,
      }));
      build.onLoad({ filter: /cdk8s\/lib\/resolve\.js$/ }, async ({ path }) => ({
        contents: leanResolve(await readFile(path, 'utf8')),
      }));
      build.onResolve({ filter: /^\.\/imports\/k8s$/ }, ({ resolveDir }) =>
        resolveDir.endsWith('cdk8s-plus-27/lib')
          ? { path: join(resolveDir, 'imports/k8s.js'), namespace: 'k8s' }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'k8s' }, async ({ path }) => ({
        contents: leanK8s(await withoutComments(path), await findUsed(dirname(dirname(path))), path),
        resolveDir: dirname(path),
      }));
    },
  };
}

/**
 * cdk8s asks three resolvers about every value, and climbs to the App for them each time. A text, a number or a truth
 * value is for none of its own three.
 */
export function leanResolve(text) {
  return text
    .replace(
      'const resolvers = app_1.App.of(apiObject).resolvers;',
      `const resolvers = app_1.App.of(apiObject).resolvers;
       return resolveWith(resolvers, key, value, apiObject);
     }
     function resolveWith(resolvers, key, value, apiObject) {
       if (resolvers.length === 3 && typeof value !== 'object' && typeof value !== 'function') return value;`,
    )
    .replace('value.map((x, i) => resolve(', 'value.map((x, i) => resolveWith(resolvers, ')
    .replace('result[k] = resolve(', 'result[k] = resolveWith(resolvers, ');
}

/**
 * Of the 1,700 classes and functions of this module, some 300 are ever used: these are taken out of it; for any other,
 * the whole module is still there, and evaluated when one asks for it.
 */
export function leanK8s(text, used, path) {
  const parts = text.split(/\n(?=[A-Za-z_(])/);
  const bodies = new Map();
  const exported = [];
  let rest = '';
  for (const part of parts) {
    const [, declared] = /^(?:class|function) (\w+)/.exec(part) ?? [];
    const [, owner = declared] = /^(?:exports\.\w+ = )?(\w+)(?:\[_|\.GVK|;$)/.exec(part) ?? [];
    if (owner && /^exports\.(\w+) = \1;/.test(part)) exported.push(owner);
    if (/^exports\.\w+ = exports\./.test(part)) continue; // all of them, set to nothing
    if (owner) bodies.set(owner, `${bodies.get(owner) ?? ''}${part}\n`);
    else rest += `${part}\n`;
  }
  const kept = new Set();
  const keep = (name) => {
    if (kept.has(name) || !bodies.has(name)) return;
    kept.add(name);
    for (const [word] of bodies.get(name).matchAll(/\w+/g)) keep(word);
  };
  for (const name of used) keep(name);
  for (const [word] of rest.matchAll(/\w+/g)) keep(word);
  const late = exported.filter((name) => !kept.has(name));
  const order = [...bodies.keys()].filter((name) => kept.has(name));
  return `${rest}${order.map((name) => bodies.get(name)).join('')}
    for (const name of ${JSON.stringify(late)}) {
      Object.defineProperty(exports, name, { enumerable: true, get: () => require(${JSON.stringify(path)})[name] });
    }`;
}

export async function withoutComments(path) {
  const { code } = await transform(await readFile(path, 'utf8'));
  return code;
}

/** Everything that is called `k8s.…` in cdk8s-plus, in this project and in its charts. */
export async function findUsed(library) {
  const used = new Set();
  for (const folder of [library, join(root, 'src'), join(root, 'charts')]) {
    const entries = await readdir(folder, { recursive: folder !== library });
    for (const file of entries.filter((entry) => /(?<!\.d)\.[jt]s$/.test(entry))) {
      const text = await readFile(join(folder, file), 'utf8');
      for (const [, name] of text.matchAll(/\bk8s\.(\w+)/g)) used.add(name);
    }
  }
  return used;
}
