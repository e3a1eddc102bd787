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
