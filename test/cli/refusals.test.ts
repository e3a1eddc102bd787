import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contents, folderWith, run } from './command.js';

const SOUND = { 'charts/one.yaml': 'memory: 1Gi\n' };
const USAGE = /\nTry: cdk8s-redis-sentinel help\n$/;

/** What each file is, beside a sound one; and what is said about it. */
test.each<[string, Record<string, string | Buffer>, RegExp]>([
  [
    'an unknown word',
    { 'charts/two.yaml': 'serverz: 3\n' },
    /^charts\/two\.yaml:1:1: 'serverz' is unknown here; did you mean 'servers'\?\n$/,
  ],
  [
    'a broken rule',
    { 'charts/two.yaml': 'memory: 1Gi\nservers: 4\n' },
    /^charts\/two\.yaml:2:10: 'servers' must be .*got 4.*\n$/,
  ],
  ['an empty file', { 'charts/two.yaml': '' }, /^charts\/two\.yaml:1:1: the file is empty/],
  [
    'two documents',
    { 'charts/two.yaml': 'memory: 1Gi\n---\nmemory: 1Gi\n' },
    /^charts\/two\.yaml:2:1: one file holds one topology/,
  ],
  [
    'UTF-16',
    { 'charts/two.yaml': Buffer.from('\ufeffmemory: 1Gi\n', 'utf16le') },
    /^charts\/two\.yaml: this is not UTF-8 text; save the file as UTF-8\n$/,
  ],
  [
    'Latin-1',
    { 'charts/two.yaml': Buffer.from('# é\nmemory: 1Gi\n', 'latin1') },
    /^charts\/two\.yaml: this is not UTF-8 text/,
  ],
  [
    'a huge file',
    { 'charts/two.yaml': `# ${'x'.repeat(70_000)}\n` },
    /^charts\/two\.yaml: a topology file has at most 64 KiB, this one has 69 KiB\n$/,
  ],
  ['a folder with the name of a file', { 'charts/two.yaml/x': '' }, /^charts\/two\.yaml: this is a folder/],
  [
    'a name twice',
    { 'charts/two.yaml': 'memory: 1Gi\nname: one\n' },
    /^charts\/two\.yaml:2:7: 'name' must be another than that of charts\/one\.yaml:1:1, both are 'one', as the manifests of both would be the file one\.k8s\.yaml: give one of them another name\n$/,
  ],
  [
    'two suffixes',
    { 'charts/one.yml': 'memory: 1Gi\n' },
    /^charts\/one\.yml:1:1: 'name' must be another than that of charts\/one\.yaml:1:1/,
  ],
  [
    'several at once, all told',
    { 'charts/three.yaml': 'servers: x\nquorum: y\n', 'charts/two.yaml': 'a: b\n' },
    /^charts\/three\.yaml:1:10: .*\ncharts\/three\.yaml:2:9: .*\ncharts\/two\.yaml:1:1: .*\n$/,
  ],
])('%s is refused, and dist/ stays as it was', (_, files, message) => {
  const cwd = folderWith(SOUND);
  expect(run([], { cwd }).status).toBe(0);
  writeFileSync(join(cwd, 'dist/extra.txt'), 'mine');
  const before = contents(join(cwd, 'dist'));
  for (const [name, content] of Object.entries(files)) {
    execFileSync('mkdir', ['-p', join(cwd, name, '..')]);
    writeFileSync(join(cwd, name), content);
  }
  writeFileSync(join(cwd, 'charts/one.yaml'), 'memory: 2Gi\n');
  const { status, stdout, stderr } = run([], { cwd });
  expect(stderr).toMatch(message);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(contents(join(cwd, 'dist'))).toEqual(before);
});

const COMMANDS =
  'init, validate, synth, explain, simulate, rehearse, verify, status, client, completion, help, version';

test.each<[string[], RegExp]>([
  [['synht'], new RegExp(`^there is no command 'synht', did you mean 'synth'\\?; there are ${COMMANDS}\n`)],
  [['deploy'], new RegExp(`^there is no command 'deploy'; there are ${COMMANDS}\n`)],
  [['help', 'stats'], /^help knows init, .*, got 'stats', did you mean 'status'\?/],
  [
    ['--ouput', 'x'],
    /^there is no option '--ouput', did you mean '--output'\?; synth knows -o, --output, --format, --split, --stdout, /,
  ],
  [['synth', '-x'], /^there is no option '-x'/],
  [['synth', '-o'], /^-o needs FOLDER behind it, as in -o dist\n/],
  [['synth', '--output='], /^--output needs FOLDER/],
  [['synth', '-o', 'a', '-o', 'b'], /^-o is given twice/],
  [['synth', '--stdout=yes'], /^--stdout takes no value, got 'yes'\n/],
  [['synth', '--stdout', '-o', 'x'], /^--stdout and --output are two places for the manifests/],
  [['synth', ''], /^an argument is empty\n/],
  [['rehearse', '--fast'], /^there is no option '--fast'; rehearse knows --json, -h, --help\n/],
  [['rehearse', 'a.yaml', 'b.yaml'], /^rehearse takes one file, got a\.yaml b\.yaml; usage: rehearse \[FILE\]\n/],
  [['client'], /^client needs a file; usage: client FILE/],
  [
    ['client', 'charts/one.yaml', '--format', 'vaules'],
    /^--format must be env, json, values, got 'vaules', did you mean 'values'\?\n/,
  ],
  [
    ['client', 'charts/one.yaml', '--prefix', 'my-cache'],
    /^--prefix must be capital letters, digits and underscores, got 'my-cache'\n/,
  ],
  [['completion', 'fis'], /^completion knows bash, zsh, fish, got 'fis', did you mean 'fish'\?\n/],
  [
    ['explain', 'persistence.appendonly'],
    /^'persistence\.appendonly' is unknown; did you mean 'persistence\.appendOnly'\?\n/,
  ],
  [['explain', 'replicas'], /^'replicas' is unknown here: here it is 'servers', the master included\n/],
  [['explain', 'memory.limit'], /^'memory' has no words below it, got 'limit'\n/],
])('%j is refused', (words, message) => {
  const cwd = folderWith(SOUND);
  const { status, stdout, stderr } = run(words, { cwd });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(USAGE);
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
  expect(Object.keys(contents(cwd))).toEqual(['charts/one.yaml']);
});

test.each<[string, string[], RegExp]>([
  ['a file that is not there', ['synth', 'charts/nine.yaml'], /^charts\/nine\.yaml: there is no such file\n$/],
  ['a folder', ['synth', 'charts'], /^charts: this is a folder; name the files in it: charts\/\*\.yaml\n$/],
  ['a device', ['synth', '/dev/zero'], /^\/dev\/zero: this is not a regular file\n$/],
  [
    'an output folder that is a file',
    ['synth', '-o', 'charts/one.yaml'],
    /^error: charts\/one\.yaml: the manifests cannot be written to this folder: there is a file of that name\n$/,
  ],
  ['a rehearsal of a file that is not there', ['rehearse', 'nine.yaml'], /^nine\.yaml: there is no such file\n$/],
])('%s is refused', (_, words, message) => {
  const cwd = folderWith(SOUND);
  const { status, stderr } = run(words, { cwd });
  expect(stderr).toMatch(message);
  expect(status).toBe(1);
  expect(Object.keys(contents(cwd))).toEqual(['charts/one.yaml']);
});

test('says so where there is no charts/, or nothing in it', () => {
  expect(run([], { cwd: folderWith() }).stderr).toMatch(
    /^error: there is no folder charts\/ here; name the topology files/,
  );
  expect(run([], { cwd: folderWith({ 'charts/readme.md': '' }) }).stderr).toMatch(/^error: charts\/ holds no topology/);
});
