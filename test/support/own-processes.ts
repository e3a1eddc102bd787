import type { ChildProcess } from 'node:child_process';
import { atEnd } from '../../src/rehearsal/at-end.js';

const running = new Set<ChildProcess>();
let isWatching = false;

/** A process that ends with this one, also where the run is broken off before the test could end it. */
export function own<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (!isWatching) {
    atEnd(() => {
      for (const each of running) each.kill('SIGKILL');
    });
  }
  isWatching = true;
  return child;
}
