import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { allKeys, explain } from '../../src/cli/explain.js';
import { topologyText } from '../../src/cli/init.js';
import { topologyWords } from '../../src/topology/words.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { Reading } from '../../src/words/reading.js';
import { contents, folderWith, HOME, MAIN, run } from './command.js';

const ONE = 'memory: 1Gi\nname: one\n';

function runWithInput(words: readonly string[], input: string, cwd = folderWith()) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { cwd, input, encoding: 'utf8' });
  return { status, stdout, stderr, cwd };
}

test('synth - reads standard input, and gives the bytes that a file gives', () => {
  const { status, cwd } = runWithInput(['synth', '-'], ONE);
  expect(status).toBe(0);
  const file = folderWith({ 'one.yaml': ONE });
  run(['synth', 'one.yaml'], { cwd: file });
  expect(contents(join(cwd, 'dist'))).toEqual(contents(join(file, 'dist')));
});

test.each<[string, string, RegExp]>([
  ['without a name', 'memory: 1Gi\n', /^<stdin>:1:1: 'name' must be given, since standard input has no name/],
  ['with a mistake', 'name: one\nserverz: 3\n', /^<stdin>:2:1: 'serverz' is unknown here/],
  ['too large', `# ${'x'.repeat(70_000)}`, /^<stdin>: a topology has at most 64 KiB, standard input has more\n$/],
])('standard input %s is refused', (_, input, message) => {
  for (const command of ['synth', 'validate']) {
    const { status, stderr, cwd } = runWithInput([command, '-'], input);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
    expect(contents(cwd)).toEqual({});
  }
});

test('synth --stdout gives one stream of all objects, and writes nothing', () => {
  const cwd = folderWith({ 'charts/one.yaml': ONE, 'charts/two.yaml': 'profile: cache\n' });
  const { status, stdout } = run(['synth', '--stdout'], { cwd });
  expect(status).toBe(0);
  expect(Object.keys(contents(cwd))).toEqual(['charts/one.yaml', 'charts/two.yaml']);
  run(['synth'], { cwd });
  const of = (text: string) => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
  const files = ['one', 'two'].map((name) => readFileSync(join(cwd, `dist/${name}.k8s.yaml`), 'utf8'));
  expect(of(stdout)).toEqual(files.flatMap(of));
  const { kind, items } = JSON.parse(run(['synth', '--stdout', '--json'], { cwd }).stdout);
  expect({ kind, items }).toEqual({ kind: 'List', items: files.flatMap(of) });
});

test('synth --json tells what became of each file', () => {
  const cwd = folderWith({ 'one.yaml': ONE });
  const { files } = JSON.parse(run(['synth', 'one.yaml', '--json'], { cwd }).stdout);
  expect(files).toEqual([{ name: 'one', path: 'dist/one.k8s.yaml', change: 'new' }]);
});

test('validate takes what synth takes, and writes nothing', () => {
  const cwd = folderWith({ 'charts/one.yaml': ONE });
  expect(run(['validate'], { cwd })).toEqual({ status: 0, stdout: "charts/one.yaml: 'one' is sound\n", stderr: '' });
  expect(Object.keys(contents(cwd))).toEqual(['charts/one.yaml']);
});

test('validate says of a mistake what synth says', () => {
  const cwd = folderWith({ 'x.yaml': 'servers: 2\nprofile: strickt\n', 'y.yaml': 'memory: 1\n' });
  const validated = run(['validate', 'x.yaml', 'y.yaml'], { cwd });
  expect(validated).toEqual(run(['synth', 'x.yaml', 'y.yaml'], { cwd }));
  expect(validated.status).toBe(1);
  const { status, stdout, stderr } = run(['validate', 'x.yaml', '--json'], { cwd });
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  const { sound, problems } = JSON.parse(stdout);
  expect(sound).toBe(false);
  expect(problems[0]).toMatchObject({ file: 'x.yaml', position: { line: 1, column: 10 } });
});

test('init writes a topology that validate takes, where editors find the schema', () => {
  const cwd = folderWith({ 'charts/.keep': '' });
  expect(run(['init'], { cwd }).stdout).toMatch(/^charts\/topology\.yaml new\n/);
  expect(run(['validate'], { cwd })).toMatchObject({ status: 0, stderr: '' });
  const [schema] = readFileSync(join(cwd, 'charts/topology.yaml'), 'utf8').split('\n');
  expect(schema).toBe('# yaml-language-server: $schema=../node_modules/cdk8s-redis-sentinel/docs/topology.schema.json');
  expect(topologyText(join(HOME, 'charts/x.yaml'), HOME)).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/docs\/topology\.schema\.json\n/,
  );
});

test('init never writes over a file unless told to', () => {
  const cwd = folderWith({ 'shop.yaml': 'mine' });
  const { status, stderr } = run(['init', 'shop.yaml'], { cwd });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'error: shop.yaml is there already; name another file, or give --force to write over it\n',
  });
  expect(contents(cwd)).toEqual({ 'shop.yaml': 'mine' });
  expect(run(['init', 'shop.yaml', '--force'], { cwd }).status).toBe(0);
  expect(run(['validate', 'shop.yaml'], { cwd }).status).toBe(0);
});

const comments = topologyText('x.yaml', HOME)
  .split('\n')
  .filter((line) => /^#\w/.test(line));

test.each(comments)('the line %s of init can be taken in', (comment) => {
  const line = comment.slice(1);
  const word = line.slice(0, line.indexOf(':'));
  const text = topologyText('x.yaml', HOME)
    .split('\n')
    .filter((each) => !each.startsWith(`${word}:`))
    .map((each) => (each === comment ? line : each))
    .join('\n');
  expect(parseTopology('x.yaml', text).props).toHaveProperty(word);
});

test.each(allKeys())('the example of explain %s is read without a fault', (key) => {
  const [document] = parseAllDocuments(explain(key).example);
  const reading = Reading.begin();
  topologyWords.read((document as { toJS(): unknown }).toJS(), reading);
  const atAll = reading.faults.filter(({ message }) => !message.startsWith('is missing'));
  expect(atAll).toEqual([]);
});

test('explain tells type, default, meaning and example of a word, and what is below it', () => {
  const { stdout } = run(['explain', 'failover.downAfter']);
  expect(stdout).toBe(`failover.downAfter: so long a server may not answer before a Sentinel considers it down

  type     a time: a whole number of ms, s, m or h
  default  3s, in \`cache\` 1s
  example  failover: { downAfter: 3s }
`);
  const { words, required } = JSON.parse(run(['explain', 'persistence', '--json']).stdout);
  expect(required).toBe(false);
  expect(words).toContainEqual({ key: 'persistence.appendOnly', meaning: 'an append-only file' });
});

test('explain without a word lists all at the top', () => {
  const { stdout } = run(['explain']);
  for (const word of Object.keys(topologyWords.entries)) expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
});

test('Ctrl-C during synth leaves no half of anything', async () => {
  const cwd = folderWith();
  const files = Array.from({ length: 400 }, (_, i) => `t${i}.yaml`);
  for (const file of files) writeFileSync(join(cwd, file), 'memory: 1Gi\n');
  const child = spawn(process.execPath, [MAIN, 'synth', ...files], { cwd, stdio: 'ignore' });
  const ended = once(child, 'exit');
  // In the midst of its writing: some of what it stages is there.
  while (!readdirSync(cwd).includes('dist') || readdirSync(join(cwd, 'dist')).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGINT');
  await ended;
  const left = readdirSync(join(cwd, 'dist'));
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  expect([0, 400]).toContain(left.length);
});
