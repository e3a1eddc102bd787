import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';

/** How many lines of each log a failed test shows. */
const TAIL = 60;

/**
 * Closes a rehearsal with its test. Where the test failed, the ends of its logs are shown; with the variable `FAILED_LOGS`,
 * a folder, the whole logs are also kept there, in a file named after the test.
 */
export function endsWithTest(rehearsal: Rehearsal): void {
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      console.error(rehearsal.tails(TAIL));
      keep(task.name, rehearsal.tails(Number.POSITIVE_INFINITY));
    }
    await rehearsal.close();
  });
}

function keep(test: string, logs: string): void {
  const folder = process.env.FAILED_LOGS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${test.replaceAll(/[^\w.-]+/g, '-').slice(0, 120)}.log`), logs);
}
