import { expect, test } from 'vitest';
import { longestGap, type Window } from '../../src/client/outages.js';

test.each<[name: string, acknowledgedAt: number[], window: Window, expected: [from: number, to: number]]>([
  ['the longest of several', [0, 10, 400, 500, 1000], { from: 5, to: 1000 }, [500, 1000]],
  ['begins before the window, with what was acknowledged last', [90, 300], { from: 100, to: 300 }, [90, 300]],
  ['ends after the window, with what is acknowledged first', [100, 350], { from: 100, to: 300 }, [100, 350]],
  ['lasts to the end of the window where nothing follows', [100], { from: 100, to: 300 }, [100, 300]],
  ['lasts from the beginning where nothing goes before', [300], { from: 100, to: 300 }, [100, 300]],
  ['is the whole window where nothing was acknowledged', [], { from: 100, to: 300 }, [100, 300]],
  ['does not look at longer ones elsewhere', [0, 500, 510, 520, 2000], { from: 505, to: 515 }, [500, 510]],
  ['does not depend on the order', [500, 0, 10], { from: 0, to: 500 }, [10, 500]],
])('a gap %s', (_, acknowledgedAt, window, [from, to]) => {
  expect(longestGap(acknowledgedAt, window)).toEqual({ from, to, ms: to - from });
});
