import { describe, expect, it } from 'vitest';
import { folderWith, run } from './command.js';

const KILLED = ['--fault', 'master killed'];

it('tells what a fault comes to, and why', () => {
  const { status, stdout, stderr } = run(['simulate', 'strict', ...KILLED, '--seeds', '1..3']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^strict: strict, 3 servers, /);
  expect(stdout).toMatch(/^master killed +0\.\d\d s .* 0 +0 +\d+ +\d\.\d\d s$/m);
  expect(stdout).toMatch(/^ +on a cluster, \d+ runs +(! )?0\.\d\d s /m);
  expect(stdout).toMatch(/agent-0 saw its own server end/);
});

it('compares a file with a profile, as JSON', () => {
  const folder = folderWith({ 'quick.yaml': 'profile: cache\nservers: 5\nfailover: { downAfter: 500ms }\n' });
  const words = [
    'simulate',
    'quick.yaml',
    '--compare',
    'strict',
    ...KILLED,
    '--fault',
    'node lost',
    '--seeds',
    '1..2',
    '--json',
  ];
  const { status, stdout } = run(words, { cwd: folder });
  const { results } = JSON.parse(stdout) as { results: { topology: string; fault: string; gap: { median: number } }[] };
  expect(status).toBe(0);
  expect(results.map(({ topology, fault }) => [topology, fault])).toEqual([
    ['quick', 'master killed'],
    ['strict', 'master killed'],
    ['quick', 'node of the master crashes'],
    ['strict', 'node of the master crashes'],
  ]);
  const [, , quick, strict] = results;
  expect(quick?.gap.median).toBeLessThan(strict?.gap.median as number);
});

it('tells one run event by event, always the same', () => {
  const words = ['simulate', 'strict', ...KILLED, '--explain', '5'];
  const { stdout } = run(words);
  expect(stdout).toMatch(/FAULT +kills the server of pod 0/);
  expect(run(words).stdout).toBe(stdout);
});

it('lists its faults', () => {
  expect(run(['simulate', '--list']).stdout).toMatch(/^node of the master crashes +the master's node loses power/m);
});

describe('refuses', () => {
  it.each([
    [[], 'simulate needs a topology: a file, or strict, default or cache'],
    [['strikt'], "there is no profile 'strikt', did you mean 'strict'?; give a file, or strict, default, cache"],
    [
      ['strict', '--fault', 'master kiled'],
      "there is no fault 'master kiled', did you mean 'master killed'?; there are",
    ],
    [
      ['strict', '--seeds', '5..1'],
      "--seeds must be A..B, two whole numbers of which the second is not less, got '5..1'",
    ],
    [['strict', '--load', '0'], "--load must be writes a second, from 1/s to 2000/s, got '0'"],
    [['strict', '--zones', '0'], "--zones must be a whole number of at least 1, got '0'"],
    [
      ['cache', '--fault', 'disk of the master full'],
      "--fault 'disk of the master full' needs an append-only file, and cache has none",
    ],
    [['strict', '--explain', '1'], '--explain tells one run: name one topology and one --fault'],
  ])('%j', (words, message) => {
    const { status, stderr } = run(['simulate', ...words]);
    expect(status).toBe(64);
    expect(stderr).toContain(message);
  });

  it('a file with a mistake, as validate does', () => {
    const folder = folderWith({ 'odd.yaml': 'servers: 4\n' });
    const { status, stderr } = run(['simulate', 'odd.yaml'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^odd\.yaml:1:10: 'servers' must be an odd number of at least 3/);
  });
});
