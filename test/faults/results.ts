import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder } from '../cluster/support/environment.js';
import type { Outcome } from './outcome.js';
import { table } from './report.js';

const file = () => join(resultsFolder(), 'outcomes.jsonl');

/** Kept before anything is asserted: an outcome that breaks a promise is the one to see. */
export function keep(outcome: Outcome): void {
  appendFileSync(file(), `${JSON.stringify(outcome)}\n`);
}

/** Writes what this run kept as `report.json` and `report.md`; gives the latter. */
export function summarise(): string {
  const lines = existsSync(file()) ? readFileSync(file(), 'utf8').split('\n') : [];
  const outcomes = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome);
  const text = table(outcomes);
  writeFileSync(join(resultsFolder(), 'report.json'), `${JSON.stringify(outcomes, null, 2)}\n`);
  writeFileSync(join(resultsFolder(), 'report.md'), text);
  return text;
}
