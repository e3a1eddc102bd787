import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { type Arguments, parseArguments, USAGE } from './arguments.js';
import { drawFaults, type Fault } from './faults.js';
import { runAll, work } from './pool.js';
import { type Outcome, runSeed } from './run.js';
import { drawSetting } from './settings.js';
import { shrink } from './shrink.js';
import { explanation, line } from './timeline.js';
import { type Failure, summary } from './totals.js';

/** Of so many failing seeds the shortest timeline is printed; the others are named. */
const EXPLAINED = 3;

/**
 * `npm run simulate`: runs the real decisions of all agents against models of everything else, in virtual time, each schedule
 * drawn from its seed. Ends with 1 where something happened that never must.
 */
async function main(args: readonly string[]): Promise<number> {
  let parsed: Arguments;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  const { seeds, explain, workers = availableParallelism(), ...choice } = parsed;
  if (explain !== undefined) return explainSeed(explain, choice);
  const began = performance.now();
  const totals = await runAll(process.argv[1] as string, seeds, choice, workers);
  const failing = new Map<number, Failure>();
  for (const failure of totals.failures) if (!failing.has(failure.seed)) failing.set(failure.seed, failure);
  for (const failure of [...failing.values()].slice(0, EXPLAINED)) {
    const { faults } = shrink(failure.seed, failure.invariant, choice);
    print([...explained(failure.seed, faults, choice).lines, '']);
  }
  for (const { seed, invariant, what } of totals.failures) print([`seed ${seed}: ${invariant}: ${what}`]);
  print([summary(totals, performance.now() - began)]);
  return failing.size > 0 ? 1 : 0;
}

/** The whole schedule; and where it breaks something, the shortest that still does. */
function explainSeed(seed: number, choice: Pick<Arguments, 'profile' | 'severity'>): number {
  const { lines, outcome } = explained(seed, drawFaults(drawSetting(seed, choice)), choice);
  print(lines);
  const [first] = outcome.violations;
  if (!first) return 0;
  const { faults } = shrink(seed, first.invariant, choice);
  print(['', 'The same with fewer faults:', ...explained(seed, faults, choice).lines]);
  return 1;
}

function explained(
  seed: number,
  faults: readonly Fault[],
  choice: Pick<Arguments, 'profile' | 'severity'>,
): { lines: string[]; outcome: Outcome } {
  const notes: string[] = [];
  const outcome = runSeed(seed, { ...choice, faults, listener: (at, note) => notes.push(line(at, note)) });
  return { lines: explanation(outcome, faults, notes), outcome };
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (isMainThread) {
  main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
} else {
  work();
}
