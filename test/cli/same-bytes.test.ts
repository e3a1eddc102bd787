import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { expect, test } from 'vitest';
import { RedisSentinel } from '../../src/index.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { contents, folderWith, HOME, MAIN, run } from './command.js';

const TOPOLOGIES = ['cache', 'development', 'production'];

function synth(options: Parameters<typeof run>[1] = {}): Record<string, string> {
  const output = join(folderWith(), 'out');
  const files = TOPOLOGIES.map((name) => join(HOME, `charts/${name}.yaml`));
  expect(run(['synth', ...files, '-o', output], options)).toMatchObject({ status: 0, stderr: '' });
  return contents(output);
}

test('the committed dist/ is what charts/ give', () => {
  const output = join(folderWith(), 'out');
  cpSync(join(HOME, 'dist'), output, { recursive: true });
  const before = contents(output);
  expect(run(['synth', '-o', output])).toMatchObject({ status: 0, stderr: '' });
  const after = contents(output);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [file, text] of Object.entries(after)) expect(text, `dist/${file}; run: npm run synth`).toBe(before[file]);
});

test.each<[string, Parameters<typeof run>[1]]>([
  ['from another folder', { cwd: '/' }],
  ['in another time zone', { env: { TZ: 'Asia/Kathmandu' } }],
  ['in another language', { env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } }],
  ['with other options for node', { env: { NODE_OPTIONS: '--max-old-space-size=512' } }],
  ['once more', {}],
])('%s, the same topologies give the same bytes', (_, options) => {
  expect(synth(options)).toEqual(synth());
});

/** Paths of other versions of node, separated by colons. */
const OTHER_NODES = (process.env.OTHER_NODES ?? '').split(':').filter((path) => path !== '');

test.skipIf(OTHER_NODES.length === 0)('the other versions of node named in OTHER_NODES give the same bytes', () => {
  const expected = synth();
  for (const node of OTHER_NODES) expect(synth({ node }), node).toEqual(expected);
});

test('without the code cache, and with a broken one, the bytes are the same', () => {
  const expected = synth();
  const build = join(folderWith(), 'build');
  cpSync(dirname(MAIN), build, { recursive: true, filter: (path) => !/\/(lib|synth)$/.test(path) });
  const output = join(build, '../out');
  const again = () => {
    execFileSync(process.execPath, [
      join(build, 'main.js'),
      ...TOPOLOGIES.map((name) => join(HOME, `charts/${name}.yaml`)),
      '-o',
      output,
    ]);
    return contents(output);
  };
  const [, cli = ''] = /\/(cli\.[0-9a-f]+)\.js/.exec(readFileSync(join(build, 'main.js'), 'utf8')) ?? [];
  const cache = join(build, `${cli}.cache`);
  const bytes = readFileSync(cache);
  writeFileSync(cache, bytes.subarray(0, bytes.length / 2));
  expect(again()).toEqual(expected);
  writeFileSync(cache, Buffer.from('no cache'));
  expect(again()).toEqual(expected);
  rmSync(cache);
  expect(again()).toEqual(expected);
});

test.each(TOPOLOGIES)('as a library in an App of cdk8s, %s gives the same bytes', (name) => {
  const file = join(HOME, `charts/${name}.yaml`);
  const { props } = parseTopology(file, readFileSync(file, 'utf8'));
  const chart = new Chart(new App(), 'any', { namespace: props.namespace });
  new RedisSentinel(chart, 'other', props);
  expect(Yaml.stringify(...chart.toJson())).toBe(Buffer.from(synth()[`${name}.k8s.yaml`] ?? '', 'latin1').toString());
});

/** A project of its own, for the command of cdk8s writes into the folder it is called in. */
function project(): { cwd: string; cdk8s: (...words: string[]) => string } {
  const cwd = folderWith();
  cpSync(join(HOME, 'cdk8s.yaml'), join(cwd, 'cdk8s.yaml'));
  mkdirSync(join(cwd, 'charts'));
  for (const name of TOPOLOGIES) cpSync(join(HOME, `charts/${name}.yaml`), join(cwd, `charts/${name}.yaml`));
  mkdirSync(join(cwd, 'build'));
  symlinkSync(MAIN, join(cwd, 'build/main.js'));
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', HOME: cwd };
  const cdk8s = (...words: string[]) =>
    execFileSync(join(HOME, 'node_modules/.bin/cdk8s'), words, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  return { cwd, cdk8s };
}

test('`cdk8s synth` gives the same bytes in dist/', () => {
  const { cwd, cdk8s } = project();
  cdk8s('synth');
  expect(contents(join(cwd, 'dist'))).toEqual(synth());
  expect(contents(join(cwd, 'build/synth'))).toEqual(synth());
});

test('`cdk8s synth` of a faulty topology fails, and leaves dist/ as it was', () => {
  const { cwd, cdk8s } = project();
  cdk8s('synth');
  writeFileSync(join(cwd, 'charts/cache.yaml'), 'servers: 2\n');
  expect(() => cdk8s('synth')).toThrow(/charts\/cache\.yaml:1:10: 'servers' must be/);
  expect(contents(join(cwd, 'dist'))).toEqual(synth());
});

test('`cdk8s synth --output` writes only where it says', () => {
  const { cwd, cdk8s } = project();
  cdk8s('synth', '--output', 'elsewhere');
  expect(contents(join(cwd, 'elsewhere'))).toEqual(synth());
  expect(existsSync(join(cwd, 'dist'))).toBe(false);
});
