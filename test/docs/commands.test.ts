import { spawnSync } from 'node:child_process';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.js';
import { COMMANDS, STANDARD } from '../../src/cli/commands/index.js';
import { withCommands } from '../../src/docs/commands.js';
import { run } from '../cli/command.js';
import { BLOCKS, PAGES, read } from './support/pages.js';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Commands of npm itself that the pages name. */
const OF_NPM = ['ci', 'install', 'pack', 'i'];
/** Commands of npm that run a script of that name. */
const SHORT = ['start', 'test'];

it.each(PAGES)('%s names only npm commands that exist', (page) => {
  const named = [...read(page).matchAll(/\bnpm\s+(?:run\s+(?:-s\s+)?)?([\w:.*…-]+)/g)];
  const unknown = named.filter(([all, name = '']) => {
    const runs = /\bnpm\s+run/.test(all) || SHORT.includes(name);
    return runs ? scripts[name] === undefined : !OF_NPM.includes(name) && name !== '…';
  });
  expect(unknown.map(([all]) => all)).toEqual([]);
});

it.each(BLOCKS.filter(({ language }) => language === 'sh').map((block) => [block.place, block.text]))(
  'the commands of %s parse',
  (_, text) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

it.each(BLOCKS.filter(({ language }) => language === 'js').map((block) => [block.place, block.text]))(
  'the JavaScript of %s parses',
  (_, text) => {
    expect(() => transformSync(text, { loader: 'js', format: 'esm', logLevel: 'silent' })).not.toThrow();
  },
);

it('has no block without a language, and none in one that nothing is said about', () => {
  const known = ['yaml', 'ts', 'js', 'sh', 'text', 'mermaid', 'go', 'python', 'java', 'ruby', 'php'];
  expect(BLOCKS.filter(({ language }) => !known.includes(language)).map(({ place }) => place)).toEqual([]);
});

/** What the pages have this project's command do, without what only a shell understands. */
const CALLS = BLOCKS.filter(({ language }) => language === 'sh').flatMap(({ place, text }) =>
  [...text.matchAll(/(?<![/_])(?:cdk8s-redis-sentinel|node build\/main\.js) +([^\n<>|&;#]*)/g)].map(
    ([, words = '']) => ({
      place,
      words: words.trim(),
    }),
  ),
);

it.each(CALLS)('$place: cdk8s-redis-sentinel $words is understood', ({ words }) => {
  expect(() => parseArguments(words.split(/ +/), COMMANDS, STANDARD)).not.toThrow();
});

it('the pages have such calls', () => {
  expect(CALLS.length).toBeGreaterThan(10);
});

it('the page about the command line says what the commands say of themselves', () => {
  const page = read('docs/cli.md');
  const described = JSON.parse(run(['help', '--json']).stdout);
  expect(page, 'run: npm run docs').toBe(withCommands(page, described));
});

/** Calls that would meet the pod of the verification, which has no agent and stays when it has ended. */
const OF_ALL_PODS = PAGES.flatMap((page) =>
  [...read(page).matchAll(/kubectl (?:logs [^`\n]*-c agent|wait --for=delete pod)[^`\n]*/g)].map(([call]) => ({
    page,
    call,
  })),
).filter(({ call }) => call.includes('app.kubernetes.io/instance='));

it.each(OF_ALL_PODS)('$page: $call chooses pods of servers and Sentinels alone', ({ call }) => {
  expect(call).toContain('app.kubernetes.io/component in (server,sentinel)');
});

it('the pages have such calls of kubectl', () => {
  expect(OF_ALL_PODS.length).toBeGreaterThan(4);
});
