import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { folderWith, run } from './command.js';

const NAMES = COMMANDS.map(({ name }) => name);

test.each([['help'], ['--help'], ['-h']])('%s names every command with what it does', (word) => {
  const { status, stdout, stderr } = run([word]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
});

test.each(NAMES)('%s --help says how it is used, with its options, examples and exit status', (name) => {
  const command = COMMANDS.find((each) => each.name === name);
  const { status, stdout, stderr } = run([name, '--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Usage: cdk8s-redis-sentinel ${name}${command?.usage ? ` ${command.usage}` : ''}\n`);
  for (const option of command?.options ?? []) expect(stdout).toContain(option.name);
  for (const example of command?.examples ?? []) expect(stdout).toContain(`cdk8s-redis-sentinel ${example.command}`);
  expect(stdout).toMatch(/Exit status:\n {2}0 /);
  expect(run(['help', name]).stdout).toBe(stdout);
});

test('every line of every help fits into 120 columns', () => {
  const lines = ['', ...NAMES].flatMap((name) =>
    run([name, '--help'].filter((word) => word !== '')).stdout.split('\n'),
  );
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

test('as JSON, help has every command with its options, and no code', () => {
  const { commands, exit } = JSON.parse(run(['help', '--json']).stdout);
  expect(commands.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  expect(exit).toContainEqual({ status: 64, meaning: 'the command line was not understood' });
});

test('every command has a summary, and those that do something for a person an example', () => {
  expect(COMMANDS.filter(({ summary }) => summary === '')).toEqual([]);
  expect(COMMANDS.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual(['version']);
});

test('tells its version', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(run(['--version'])).toEqual({ status: 0, stderr: '', stdout: `${manifest.version}\n` });
  expect(JSON.parse(run(['version', '--json']).stdout)).toEqual({ version: manifest.version, node: process.version });
});

test('a mistake of the command line is JSON where JSON is asked for', () => {
  const { status, stdout, stderr } = run(['synth', '--jsn', '--json']);
  expect({ status, stderr }).toEqual({ status: 64, stderr: '' });
  expect(JSON.parse(stdout).error.message).toMatch(/^there is no option '--jsn', did you mean '--json'/);
});

const completion = (shell: string) => run(['completion', shell]).stdout;

/** What bash would offer behind these words. */
function offered(...words: string[]): string[] {
  const script = `${completion('bash')}
COMP_WORDS=(cdk8s-redis-sentinel "$@"); COMP_CWORD=$#; _cdk8s_redis_sentinel; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    cwd: folderWith({ 'cache.yaml': '' }),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each<[string[], string[]]>([
  [['st'], ['status']],
  [['ca'], ['cache.yaml']],
  [['synth', '--o'], ['--output']],
  [['synth', 'ca'], ['cache.yaml']],
  [['client', '--format', 'v'], ['values']],
  [['completion', 'f'], ['fish']],
  [['help', 'val'], ['validate']],
])('bash completes %j', (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

test.each(['zsh', 'fish'])('the completion of %s has every command with its options', (shell) => {
  const script = completion(shell);
  for (const { name, options } of COMMANDS) {
    expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const option of options) expect(script).toContain(option.name.slice(2));
  }
});

test.each([
  [['init', '-']],
  [['init', 'x.yaml']],
  [['validate', 'one.yaml']],
  [['synth', 'one.yaml', '-o', 'out']],
  [['synth', 'one.yaml', '--stdout']],
  [['explain']],
  [['explain', 'memory']],
  [['client', 'one.yaml']],
  [['completion', 'fish']],
  [['help']],
  [['version']],
  [['verify', 'no-such.yaml']],
  [['status', 'no-such.yaml']],
  [['rehearse', 'no-such.yaml']],
  [['simulate', 'one.yaml', '--fault', 'master-killed', '--seeds', '1..2']],
  [['simulate', 'one.yaml', '--fault', 'master-killed', '--explain', '1']],
  [['simulate', 'one.yaml', '--open']],
  [['simulate', '--list']],
])('%j --json prints one JSON document, and nothing beside it', (words) => {
  const cwd = folderWith({ 'one.yaml': 'memory: 1Gi\n' });
  const { stdout, stderr } = run([...words, '--json'], { cwd });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toBeTypeOf('object');
});

test('of every command its JSON is tried', () => {
  const page = readFileSync(import.meta.filename, 'utf8');
  expect(NAMES.filter((name) => !page.includes(`[['${name}'`))).toEqual([]);
});
