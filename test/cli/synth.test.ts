import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { contents, folderWith, HOME, run } from './command.js';

const SOUND = { 'charts/one.yaml': 'memory: 1Gi\n', 'charts/two.yaml': 'profile: cache\n' };

test('writes one file for each topology of charts/, named after it', () => {
  const cwd = folderWith({ ...SOUND, 'charts/three.yml': 'name: drei\n', 'charts/notes.md': 'not a topology' });
  const { status, stdout, stderr } = run([], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(join(cwd, 'dist')).sort()).toEqual(['drei.k8s.yaml', 'one.k8s.yaml', 'two.k8s.yaml']);
  expect(stdout).toBe('dist/one.k8s.yaml new\ndist/drei.k8s.yaml new\ndist/two.k8s.yaml new\n');
  const documents = parseAllDocuments(readFileSync(join(cwd, 'dist/one.k8s.yaml'), 'utf8'), { version: '1.1' });
  expect(documents.every((document) => 'errors' in document && document.errors.length === 0)).toBe(true);
});

test('says which files changed, and touches only those', () => {
  const cwd = folderWith(SOUND);
  run([], { cwd });
  writeFileSync(join(cwd, 'charts/two.yaml'), 'profile: strict\n');
  const { stdout } = run(['synth'], { cwd });
  expect(stdout).toBe('dist/one.k8s.yaml unchanged\ndist/two.k8s.yaml changed\n');
});

test('removes the file of a topology that is gone, and nothing that somebody else put there', () => {
  const cwd = folderWith({
    ...SOUND,
    'dist/kustomization.yaml': 'resources: []\n',
    'dist/other-app.k8s.yaml': 'kind: ConfigMap\n',
    'dist/deep/one.k8s.yaml': 'x',
  });
  run([], { cwd });
  const before = contents(join(cwd, 'dist'));
  writeFileSync(join(cwd, 'charts/three.yaml'), '{}\n');
  run([], { cwd });
  expect(Object.keys(contents(join(cwd, 'dist')))).toContain('three.k8s.yaml');
  writeFileSync(join(cwd, 'charts/three.yaml'), 'name: four\n');
  const { stdout } = run([], { cwd });
  expect(stdout).toContain('dist/three.k8s.yaml removed\n');
  const { 'four.k8s.yaml': four, ...others } = contents(join(cwd, 'dist'));
  expect(four).toContain('name: four');
  expect(others).toEqual(before);
});

test('with files named, writes those and leaves all others alone', () => {
  const cwd = folderWith(SOUND);
  run([], { cwd });
  const { stdout } = run(['synth', 'charts/one.yaml'], { cwd });
  expect(stdout).toBe('dist/one.k8s.yaml unchanged\n');
  expect(readdirSync(join(cwd, 'dist'))).toHaveLength(2);
});

test.each([['-o', 'out/put'], ['--output', 'out/put'], ['--output=out/put']])(
  'writes to the folder of %s %s',
  (...words) => {
    const cwd = folderWith({ 'one.yaml': 'memory: 1Gi\n' });
    expect(run(['synth', 'one.yaml', ...words], { cwd }).status).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['one.yaml', 'out']);
    expect(readdirSync(join(cwd, 'out/put'))).toEqual(['one.k8s.yaml']);
  },
);

test('the command may be left out before a file', () => {
  const cwd = folderWith({ 'one.yaml': 'memory: 1Gi\n' });
  expect(run(['one.yaml'], { cwd }).stdout).toBe('dist/one.k8s.yaml new\n');
});

test('a folder behind a symbolic link is written to, and the link stays', () => {
  const cwd = folderWith({ ...SOUND, 'real/keep.txt': '' });
  symlinkSync('real', join(cwd, 'dist'));
  expect(run([], { cwd }).status).toBe(0);
  expect(readdirSync(join(cwd, 'real')).sort()).toEqual(['keep.txt', 'one.k8s.yaml', 'two.k8s.yaml']);
});

test('what a killed run left behind does not disturb the next, which clears it away', () => {
  const cwd = folderWith({ ...SOUND, 'dist/.synth-999999999-abcdef/one.k8s.yaml': 'half a fi' });
  expect(run([], { cwd }).status).toBe(0);
  expect(readdirSync(join(cwd, 'dist')).sort()).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
});

test('a topology named like one that another makes objects of is refused, with both named', () => {
  const separate = 'sentinels: { separate: { count: 3 } }\n';
  const files = ['charts/x.yaml', 'charts/x-sentinel.yaml'];
  const cwd = folderWith({ [files[0] ?? '']: separate, [files[1] ?? '']: 'memory: 1Gi\n' });
  const { status, stderr } = run([], { cwd });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^charts\/x(-sentinel)?\.yaml: 'x(-sentinel)?' and 'x(-sentinel)?' of charts\/x(-sentinel)?\.yaml both make the \w+ x-sentinel/,
  );
  expect(contents(join(cwd, 'dist'))).toEqual({});

  const apart = folderWith({ 'charts/x.yaml': separate, 'charts/x-sentinel.yaml': 'namespace: elsewhere\n' });
  expect(run([], { cwd: apart })).toMatchObject({ status: 0, stderr: '' });
});

test('a chart in TypeScript that is not part of the build is refused', () => {
  const cwd = folderWith({ 'charts/mine.ts': 'export default () => {};\n' });
  const { status, stderr } = run([], { cwd });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "charts/mine.ts: a chart in TypeScript is compiled into the command, so it must be in the project's charts/\n",
  );
});

test('a chart in TypeScript of this project can be named by itself', () => {
  const output = join(folderWith(), 'out');
  const { status, stdout } = run(['synth', 'charts/application.ts', '-o', output]);
  expect(status).toBe(0);
  expect(stdout).toBe(`${output}/application.k8s.yaml new\n`);
});

test.runIf(process.getuid?.() !== 0)('a folder that may not be written to is named', () => {
  const cwd = folderWith(SOUND);
  mkdirSync(join(cwd, 'dist'));
  chmodSync(join(cwd, 'dist'), 0o500);
  const { status, stderr } = run([], { cwd });
  expect(status).toBe(1);
  expect(stderr).toContain('dist');
});

test('needs nothing of the folder it is called from', () => {
  const cwd = folderWith();
  const { status } = run(['synth', join(HOME, 'charts/cache.yaml'), '-o', join(cwd, 'out')], { cwd });
  expect(status).toBe(0);
});

test.each([
  [['--split'], 'one/statefulset-one.yaml'],
  [['--format', 'kustomize'], 'one/kustomization.yaml'],
  [['--format=helm'], 'one/Chart.yaml'],
  [['--format', 'helm', '--split'], 'one/templates/statefulset-one.yaml'],
])('with %j writes a folder for each topology', (words, file) => {
  const cwd = folderWith(SOUND);
  const first = run(['synth', ...words], { cwd });
  expect(first).toEqual({ status: 0, stdout: 'dist/one new\ndist/two new\n', stderr: '' });
  expect(contents(join(cwd, 'dist'))).toHaveProperty([file]);
  expect(run(['synth', ...words], { cwd }).stdout).toBe('dist/one unchanged\ndist/two unchanged\n');
  writeFileSync(join(cwd, 'charts/one.yaml'), 'memory: 2Gi\n');
  const changed = JSON.parse(run(['synth', 'charts/one.yaml', '--json', ...words], { cwd }).stdout);
  expect(changed).toEqual({ files: [{ name: 'one', path: 'dist/one', change: 'changed' }] });
});

test('what a folder has no more use for goes, and the folder of a topology that is gone; what is not ours stays', () => {
  const cwd = folderWith({ ...SOUND, 'dist/one/values-of-ours.yaml': 'name: shop\n' });
  run(['synth', '--format', 'helm', '--split'], { cwd });
  const configs = () => readdirSync(join(cwd, 'dist/one/templates')).filter((file) => file.includes('-config-'));
  const before = configs();
  writeFileSync(join(cwd, 'charts/one.yaml'), 'memory: 2Gi\n');
  renameSync(join(cwd, 'charts/two.yaml'), join(cwd, 'two.yaml'));
  const { stdout } = run(['synth', '--format', 'helm', '--split'], { cwd });
  expect(stdout).toBe('dist/one changed\ndist/two removed\n');
  expect(readdirSync(join(cwd, 'dist'))).toEqual(['one']);
  expect(configs()).toHaveLength(1);
  expect(configs()).not.toEqual(before);
  run(['synth'], { cwd });
  expect(readdirSync(join(cwd, 'dist')).sort()).toEqual(['one', 'one.k8s.yaml']);
  run(['synth', '--format', 'kustomize'], { cwd });
  const files = Object.keys(contents(join(cwd, 'dist/one')));
  expect(files).toEqual(['fixed.yaml', 'kustomization.yaml', 'one.k8s.yaml', 'values-of-ours.yaml']);
});

test.each([
  ['--split', '--split gives several files'],
  ['--format=helm', '--format helm gives several files'],
])('%s is refused with --stdout, and the message says what to give instead', (word, reason) => {
  const cwd = folderWith(SOUND);
  const { status, stderr } = run(['synth', word, '--stdout'], { cwd });
  expect(status).toBe(64);
  expect(stderr).toContain(reason);
  expect(stderr).toContain('--output FOLDER');
});
