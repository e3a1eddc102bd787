import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The library as an app gets it: packed, unpacked, compiled against with `skipLibCheck: false`, and run. Nothing is
// downloaded: the peers are those of this repository.

const root = join(import.meta.dirname, '../..');
const modules = join(root, 'node_modules');
const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-consumers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The one of `cdk8s init` comes with cdk8s' own tools, as newer ones no longer know `moduleResolution: node10`. */
const COMPILERS = {
  'TypeScript 5': dirname(
    createRequire(createRequire(`${modules}/cdk8s-cli/`).resolve('jsii/package.json')).resolve(
      'typescript/package.json',
    ),
  ),
  'this TypeScript': join(modules, 'typescript'),
};
const PLUS = readdirSync(modules).filter((name) => /^cdk8s-plus-\d+$/.test(name));

beforeAll(() => {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root });
  const [archive = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder]);
});

/** What `cdk8s init typescript-app` writes, but for what concerns only its output. */
const OF_INIT = {
  alwaysStrict: true,
  declaration: true,
  experimentalDecorators: true,
  lib: ['es2016'],
  module: 'CommonJS',
  noEmitOnError: true,
  noImplicitAny: true,
  noUnusedLocals: true,
  resolveJsonModule: true,
  strict: true,
  stripInternal: true,
  target: 'ES2017',
};
const MODERN = { strict: true, target: 'es2022', lib: ['es2022'], types: ['node'] };

interface App {
  readonly what: string;
  readonly compiler: keyof typeof COMPILERS;
  readonly type: 'commonjs' | 'module';
  readonly options: object;
}

const APPS: readonly App[] = [
  { what: 'as cdk8s init makes it', compiler: 'TypeScript 5', type: 'commonjs', options: OF_INIT },
  { what: 'CommonJS, node16', compiler: 'TypeScript 5', type: 'commonjs', options: { ...MODERN, module: 'node16' } },
  { what: 'ES modules, node16', compiler: 'TypeScript 5', type: 'module', options: { ...MODERN, module: 'node16' } },
  {
    what: 'CommonJS, nodenext',
    compiler: 'this TypeScript',
    type: 'commonjs',
    options: { ...MODERN, module: 'nodenext' },
  },
  {
    what: 'ES modules, nodenext',
    compiler: 'this TypeScript',
    type: 'module',
    options: { ...MODERN, module: 'nodenext' },
  },
  {
    what: 'ES modules, for a bundler',
    compiler: 'this TypeScript',
    type: 'module',
    options: { ...MODERN, module: 'esnext', moduleResolution: 'bundler' },
  },
];

const source = (plus: string) => `import { App, Chart, Duration, Size } from 'cdk8s';
import { Deployment } from '${plus}';
import { Auth, type BindOptions, Profile, RedisSentinel, type RedisSentinelProps, type ServerSet } from 'cdk8s-redis-sentinel';

const props: RedisSentinelProps = {
  profile: Profile.STRICT,
  memory: Size.gibibytes(2),
  auth: Auth.fromSecret('shop-auth'),
  failover: { downAfter: Duration.seconds(3) },
  verification: true,
};
const chart = new Chart(new App(), 'shop');
const cache = new RedisSentinel(chart, 'cache', props);
const options: BindOptions = { prefix: 'CACHE' };
const shop = new Deployment(chart, 'app', { containers: [{ image: 'shop:1' }] });
cache.bind(shop, options);
const servers: ServerSet = cache.serverSet;
console.log(JSON.stringify({ servers: servers.node.id, kinds: chart.toJson().map((object: { kind: string }) => object.kind) }));
`;

/** @returns the folder of an app with the library and its peers, but nothing else */
function makeApp({ type, options }: Pick<App, 'type' | 'options'>, plus: string): string {
  const app = mkdtempSync(join(folder, 'app-'));
  const own = join(app, 'node_modules');
  mkdirSync(join(own, '@types'), { recursive: true });
  for (const name of ['cdk8s', 'constructs', plus, '@types/node', 'undici-types']) {
    symlinkSync(join(modules, name), join(own, name));
  }
  execFileSync('cp', ['-r', join(folder, 'package'), join(own, 'cdk8s-redis-sentinel')]);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'shop', private: true, type }));
  writeFileSync(join(app, 'main.ts'), source(plus));
  const compilerOptions = { ...options, skipLibCheck: false };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  return app;
}

function compile(app: string, compiler: App['compiler']): string {
  const tsc = join(COMPILERS[compiler], 'bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', app, '--pretty', 'false'], { cwd: app, encoding: 'utf8' }).stdout;
}

function run(app: string) {
  const { stdout, stderr } = spawnSync(process.execPath, [join(app, 'main.js')], { cwd: app, encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { servers: string; kinds: string[] };
}

it.each(APPS)(
  'an app $what, with $compiler, compiles against the package and runs',
  { timeout: 300_000 },
  ({ compiler, ...how }) => {
    const app = makeApp(how, 'cdk8s-plus-27');
    expect(compile(app, compiler)).toBe('');
    const { servers, kinds } = run(app);
    expect(servers).toBe('Servers');
    expect(kinds).toEqual(expect.arrayContaining(['StatefulSet', 'Deployment', 'Job']));
  },
);

it('there is more than one cdk8s-plus to try', () => {
  expect(PLUS.length).toBeGreaterThan(1);
});

it.each(PLUS)('bind() takes a workload of %s, where no other is installed', { timeout: 300_000 }, (plus) => {
  const app = makeApp({ type: 'commonjs', options: { ...MODERN, module: 'nodenext' } }, plus);
  expect(compile(app, 'this TypeScript')).toBe('');
  expect(run(app).kinds).toContain('Deployment');
});

it('is one library, whichever way it is loaded', () => {
  const app = makeApp({ type: 'commonjs', options: OF_INIT }, 'cdk8s-plus-27');
  const text = `import { createRequire } from 'node:module';
import * as imported from 'cdk8s-redis-sentinel';
const required = createRequire(import.meta.url)('cdk8s-redis-sentinel');
const names = Object.keys(required);
console.log(JSON.stringify({ names, same: names.every((name) => imported[name] === required[name]) }));
`;
  writeFileSync(join(app, 'both.mjs'), text);
  const { names, same } = JSON.parse(execFileSync(process.execPath, [join(app, 'both.mjs')], { encoding: 'utf8' }));
  expect(same).toBe(true);
  expect(names).toContain('RedisSentinel');
});

it('needs nothing at run time but its peers', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  expect(dependencies).toBeUndefined();
  expect(Object.keys(peerDependencies)).toEqual(['cdk8s', 'constructs']);
});

it('has the command in it, which needs not even these', () => {
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  renameSync(join(folder, 'package'), join(alone, 'package'));
  const words = [join(alone, 'package/build/main.js'), 'synth', '-', '--stdout'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { input: 'name: cache\n', encoding: 'utf8' });
  renameSync(join(alone, 'package'), join(folder, 'package'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('kind: StatefulSet');
});

it('packs what runs, and not what builds it', () => {
  const packed = readdirSync(join(folder, 'package/build'));
  expect(packed).toEqual(expect.arrayContaining(['main.js', 'rehearse.js', 'lib']));
  for (const file of ['bench.js', 'simulate.js', 'docs.js', 'synth']) expect(packed).not.toContain(file);
});
