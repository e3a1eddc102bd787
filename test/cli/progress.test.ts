import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a terminal shows of what was written: the last of what stood in each line. */
function screen(written: string): string[] {
  return written.split('\n').map((line) => line.split('\r\x1b[K').at(-1) ?? '');
}

it('says on a terminal for how long nothing has come, until the next line takes its place', () => {
  let written = '';
  const progress = new Progress({
    live: true,
    write: (text) => {
      written += text;
    },
  });
  progress.print('created job/cache-verify');
  vi.advanceTimersByTime(1000);
  expect(screen(written)).toEqual(['created job/cache-verify', '']);
  vi.advanceTimersByTime(4000);
  expect(screen(written)).toEqual(['created job/cache-verify', '… 5 s']);
  progress.print('wait  pod  its image is pulled');
  expect(screen(written)).toEqual(['created job/cache-verify', 'wait  pod  its image is pulled', '']);
  vi.advanceTimersByTime(2000);
  progress.end();
  vi.advanceTimersByTime(9000);
  expect(screen(written)).toEqual(['created job/cache-verify', 'wait  pod  its image is pulled', '']);
});

it('elsewhere writes nothing of its own', () => {
  let written = '';
  const progress = new Progress({
    live: false,
    write: (text) => {
      written += text;
    },
  });
  vi.advanceTimersByTime(60_000);
  progress.end();
  expect(written).toBe('');
});
