// Builds everything that runs or is published, into build/:
//   main.js       the command; starts cli.<hash>.js, in which all dependencies are bundled, with V8's code cache for it
//   rehearse.js   the rehearsal, which the command loads only when asked for it
//   simulator.js  simulates a topology, likewise
//   bench.js      measures how fast the command is
//   simulate.js   the agents' decisions in virtual time
//   docs.js       writes into docs/ what the sources say of words, commands and the library
//   lib/          the library with its type declarations; its peers stay what the application installed
// All of it is CommonJS: node starts it some milliseconds sooner than ES modules, and most cdk8s apps are of that kind. The
// library has a door for ES modules beside it, which leads to the same classes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { esbuildAssets, root } from './asset-plugins.mjs';
import { esbuildCharts, esbuildLean } from './bundle-plugins.mjs';

const out = join(root, 'build');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  define: { VERSION: JSON.stringify(version) },
};

const program = {
  ...shared,
  format: 'cjs',
  minify: true,
  write: false,
  supported: { 'dynamic-import': false },
};

/** The command loads them at run time, from beside itself. */
const separatePrograms = {
  name: 'separate-programs',
  setup(build) {
    build.onResolve({ filter: /\/rehearsal\/rehearse\.js$/ }, () => ({ path: './rehearse.js', external: true }));
    build.onResolve({ filter: /\/simulator\/simulate\.js$/ }, () => ({ path: './simulator.js', external: true }));
  },
};

mkdirSync(join(out, 'lib'), { recursive: true });
write('package.json', '{ "type": "commonjs" }\n');
write('lib/package.json', '{ "type": "commonjs" }\n');
const declarations = run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'src/build/tsconfig.lib.json']);
await Promise.all([
  buildLibrary(),
  buildCommand(),
  buildProgram('rehearse', 'src/rehearsal/rehearse.ts'),
  buildProgram('simulator', 'src/simulator/simulate.ts'),
  buildProgram('bench', 'src/bench/bench.ts'),
  buildProgram('simulate', 'src/simulation/main.ts'),
  buildProgram('docs', 'src/docs/write.ts', ['typescript5']),
  buildDownloader(),
  declarations,
]);

async function buildLibrary() {
  await build({
    ...shared,
    entryPoints: { index: 'src/index.ts' },
    outdir: 'build/lib',
    format: 'cjs',
    packages: 'external',
    plugins: [esbuildAssets()],
  });
  const path = join(out, 'lib/index.js');
  const names = Object.keys(createRequire(path)(path)).sort();
  const exported = names.map((name) => `export const ${name} = library.${name};\n`);
  write('lib/index.mjs', `import library from './index.js';\n\n${exported.join('')}`);
  write('lib/index.d.mts', "export * from './index.js';\n");
}

async function buildProgram(name, entry, external = []) {
  const result = await build({
    ...program,
    entryPoints: [entry],
    outdir: 'build',
    external,
    plugins: [esbuildAssets(), esbuildLean()],
  });
  write(`${name}.js`, result.outputFiles[0].contents);
}

async function buildCommand() {
  const result = await build({
    ...program,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'build',
    plugins: [esbuildAssets(), esbuildCharts(), esbuildLean(), separatePrograms],
  });
  const contents = `(function (exports, require, module, __filename, __dirname) {${result.outputFiles[0].text}\n})`;
  // V8 accepts a code cache by the length of its source alone, so a cache must never meet another text of that length:
  // both carry the text's hash in their names, and main.js, which is written last, names them.
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const name = `cli.${hash}`;
  write(`${name}.js`, contents);
  const launcher = readFileSync(join(root, 'src/build/launcher.cjs'), 'utf8').replaceAll('CLI_NAME', name);
  await warmUp(name, launcher);
  write('main.js', launcher, 0o755);
  removeOlder(name);
}

/** cdk8s' `Include` and `Helm` start this script, which they expect beside themselves. */
async function buildDownloader() {
  const result = await build({
    ...shared,
    entryPoints: ['node_modules/cdk8s/lib/_loadurl.mjs'],
    outdir: 'build',
    format: 'cjs',
    write: false,
  });
  // CommonJS in a file called .mjs would be a contradiction; node takes it through this.
  write('_loadurl.cjs', result.outputFiles[0].contents);
  write('_loadurl.mjs', "import './_loadurl.cjs';\n");
}

/**
 * Runs the command once on the topologies of charts/, so that V8 has compiled the functions that it will need, and keeps
 * the compiled code. Whether those topologies are sound does not matter here; the command itself will say so.
 */
async function warmUp(name, launcher) {
  const cache = join(out, `${name}.cache`);
  if (existsSync(cache)) return;
  const folder = join(out, `warm-up-${process.pid}`);
  const script = `warm-up-${process.pid}.js`;
  try {
    write(script, launcher);
    const part = `${cache}.${process.pid}`;
    const env = { ...process.env, REDIS_SENTINEL_WRITE_CODE_CACHE: part };
    await run(process.execPath, [join(out, script), 'synth', '-o', folder], { env, stdio: 'ignore' }).catch(() => {});
    if (existsSync(part)) renameSync(part, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(out, script), { force: true });
  }
}

/** Of earlier builds, but not those of the last minutes: a command that was just started may be about to read them. */
function removeOlder(name) {
  for (const file of readdirSync(out)) {
    if (!/^cli\.[0-9a-f]{16}\./.test(file) || file.startsWith(`${name}.`)) continue;
    const { mtimeMs } = statSync(join(out, file));
    if (Date.now() - mtimeMs > 600_000) rmSync(join(out, file), { force: true });
  }
}

/** By a rename, so that nobody who runs the command meanwhile reads half of it. */
function write(file, contents, mode = 0o644) {
  const path = join(out, file);
  const part = `${path}.${process.pid}`;
  writeFileSync(part, contents, { mode });
  renameSync(part, path);
}

function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} failed`))));
  });
}
