import { expect, it } from 'vitest';
import { mayBeReached } from '../../../src/agent/program/decide/door.js';
import type { Known } from '../../../src/agent/program/decide/known.js';
import { type Knowledge, knowing, ME, NOW, OTHER, REPLICA } from '../support/knowledge.js';

const NAMED_OTHER: Knowledge['named'] = [
  [OTHER, 5],
  [OTHER, 5],
  [ME, 4],
];

it.each<[string, Knowledge, boolean, boolean]>([
  ['a server that this agent started', { named: [] }, true, true],
  ['a replica that ran before it', { info: REPLICA, named: NAMED_OTHER }, false, true],
  ['a master that ran before it, and that all name', {}, false, true],
  ['a master that ran before it, and that a majority names', { named: [[ME, 4], [ME, 4], undefined] }, false, true],
  ['a master that ran before it, and that one names', { named: [[ME, 4], undefined, undefined] }, false, false],
  ['a master that ran before it, where another was promoted', { named: NAMED_OTHER }, false, false],
  ['a master that ran before it, and that was named long ago', { viewAt: NOW - 6000 }, false, false],
  ['a server that ran before it, and does not answer', { contact: 'refused' }, false, false],
])('leads others to %s: %#', (_, knowledge, hasStarted, may) => {
  expect(mayBeReached(knowing(knowledge).known, hasStarted)).toBe(may);
});

it('leads nobody to a server that does not run, whoever started it', () => {
  const known: Known = { ...knowing().known, server: { state: 'waiting', since: 0 } };
  expect(mayBeReached(known, true)).toBe(false);
});

it.each<[string, Knowledge, number, boolean]>([
  ['a master that all have named since', {}, NOW - 1000, true],
  ['a master that all named before, and nobody since', {}, NOW - 100, false],
  ['a master in whose place another was named since', { named: NAMED_OTHER }, NOW - 1000, false],
  ['a replica that has said so since', { info: REPLICA, named: NAMED_OTHER }, NOW - 1000, true],
  ['a replica that said so before', { info: REPLICA, named: NAMED_OTHER }, NOW - 100, false],
])('after the agent stood still: leads others to %s: %#', (_, knowledge, stalledAt, may) => {
  expect(mayBeReached(knowing(knowledge).known, true, stalledAt)).toBe(may);
});
