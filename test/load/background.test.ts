import { expect, it } from 'vitest';
import { appearance, filesOf } from '../cluster/load/background.js';

const FILES = filesOf('/nowhere/history.jsonl');

/** There from so many looks on, whichever file is looked for. */
function after(looks: number): (path: string) => boolean {
  let count = 0;
  return () => count++ >= looks;
}

it.each([0, 1, 2, 3])('the end of a load is seen whenever it comes: after %i looks', async (looks) => {
  await appearance(FILES.ended, FILES, 10_000, 'the load has not read everything back', after(looks));
});

it('a load that has ended is not waited for', async () => {
  const exists = (path: string) => path === FILES.ended;
  await expect(appearance(FILES.flowing, FILES, 10_000, 'no write', exists)).rejects.toThrow('no write in 10000 ms');
});
