import { expect, it } from 'vitest';
import { type ProcessInfo, parentsFirst } from '../../src/rehearsal/processes.js';

const found = (pid: number, parent: number, program: string): ProcessInfo => ({
  pid,
  parent,
  session: 32_714,
  program,
});

it('a server comes before its child that writes a copy, also where the child got a lower number', () => {
  const leader = found(32_714, 1, 'sh');
  const server = found(32_716, 32_714, 'redis-server');
  const copying = found(530, 32_716, 'redis-server');
  expect(parentsFirst([copying, leader, server])).toEqual([leader, server, copying]);
});

it('what has lost its parent comes before what it began itself', () => {
  const orphan = found(700, 1, 'sh');
  const child = found(20, 700, 'sleep');
  expect(parentsFirst([child, orphan])).toEqual([orphan, child]);
});
