import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { locate, writeHosts } from '../../src/agent/program/names.js';
import { temporary } from './support/engine.js';

function located(resolve: (name: string) => Promise<string>, runDir = temporary()) {
  const said: string[] = [];
  const settings = { servers: ['a.', 'b.'], sentinels: ['a.', 'c.'], runDir };
  const say = (line: string) => said.push(line);
  const result = locate({ settings, resolve, say, waiting: say, everyMs: 5 });
  return { result, said, runDir };
}

const NOT_FOUND = new Error('ENOTFOUND');

it('waits until all names resolve, says which do not, and keeps what it found', async () => {
  let asked = 0;
  const { result, said, runDir } = located(async (name) => {
    if (name === 'b.' && asked++ < 2) throw NOT_FOUND;
    return `10.0.0.${name.charCodeAt(0) - 96}`;
  });
  expect(await result).toEqual({ servers: ['10.0.0.1', '10.0.0.2'], sentinels: ['10.0.0.1', '10.0.0.3'] });
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('names do not resolve: b. (is the Service there');
  expect(readFileSync(join(runDir, 'located'), 'utf8')).toBe('10.0.0.1 10.0.0.2\n10.0.0.1 10.0.0.3\n');
});

it('takes what it kept after ten rounds in vain, whether DNS refuses or is silent', async () => {
  const runDir = temporary();
  writeFileSync(join(runDir, 'located'), '10.0.0.1 10.0.0.2\n10.0.0.1 10.0.0.3\n');
  const { result, said } = located(
    (name) => (name === 'a.' ? Promise.reject(NOT_FOUND) : new Promise(() => {})),
    runDir,
  );
  expect(await result).toEqual({ servers: ['10.0.0.1', '10.0.0.2'], sentinels: ['10.0.0.1', '10.0.0.3'] });
  expect(said.filter((line) => line.startsWith('names do not'))).toHaveLength(9);
  expect(said.at(-1)).toBe('names-unresolved using=kept-addresses names=a.,b.,c.');
});

it('does not take addresses that it kept for another number of pods', async () => {
  const runDir = temporary();
  writeFileSync(join(runDir, 'located'), '10.0.0.9\n10.0.0.9\n');
  let rounds = 0;
  const { result } = located(async () => {
    if (rounds++ < 40) throw NOT_FOUND;
    return '10.0.0.1';
  }, runDir);
  expect((await result).servers).toEqual(['10.0.0.1', '10.0.0.1']);
});

it('writes the names with their addresses as the engine’s containers need them, into the very file that they have', () => {
  const runDir = temporary();
  const hosts = join(runDir, 'hosts');
  // What a kubelet makes where a container asks for a file that is not there.
  mkdirSync(hosts);
  const settings = { servers: ['a.shop.', '10.0.0.9'], sentinels: ['a.shop.', 'b.shop'], runDir };
  writeHosts(settings, { servers: ['10.0.0.1', '10.0.0.9'], sentinels: ['10.0.0.1', '10.0.0.2'] });
  const { ino } = statSync(hosts);
  expect(readFileSync(hosts, 'utf8')).toBe('127.0.0.1 localhost\n::1 localhost\n10.0.0.1 a.shop\n10.0.0.2 b.shop\n');
  writeHosts(settings, { servers: ['10.0.0.3', '10.0.0.9'], sentinels: ['10.0.0.3', '10.0.0.2'] });
  expect(readFileSync(hosts, 'utf8')).toContain('10.0.0.3 a.shop\n');
  expect(statSync(hosts).ino).toBe(ino);
});
