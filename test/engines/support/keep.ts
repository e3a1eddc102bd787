import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** Does something again and again, until the test ends or the returned function is called. */
export function keep(doing: () => Promise<unknown>): () => Promise<void> {
  let isOver = false;
  const going = (async () => {
    while (!isOver) await doing().catch(() => sleep(100));
  })();
  const end = async () => {
    isOver = true;
    await going;
  };
  onTestFinished(end);
  return end;
}
