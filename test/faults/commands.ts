// What can be done with the results of a run, without a cluster:
//   check HISTORY…               judges histories again; exit status 1 where a confirmed write was lost
//   table REPORT.json [FILE.md]  prints the report's tables, or puts them between the marks of FILE.md
//   cluster FIGURES.json [FILE.md]  the same with the figures of the cluster tests
//   plot HISTORY FILE.svg        draws one failover
import { readFileSync, writeFileSync } from 'node:fs';
import { parseHistory } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import { type Figure, tableOf } from '../cluster/support/figures.js';
import type { Outcome } from './outcome.js';
import { plot } from './plot.js';
import { filled, type Part, table } from './report.js';

const [command, ...args] = process.argv.slice(2);
const read = (file: string | undefined): string => {
  if (!file) throw new Error(`${command}: the name of a file is missing`);
  return readFileSync(file, 'utf8');
};

switch (command) {
  case 'check':
    for (const file of args) {
      const { staleReads, pinnedStaleReads, ...found } = judge(parseHistory(read(file)));
      console.log(file, { ...found, staleReads: staleReads.length, pinnedStaleReads: pinnedStaleReads.length });
      if (found.lostConfirmed.length > 0) process.exitCode = 1;
    }
    break;
  case 'table':
    fill('faults', table(JSON.parse(read(args[0])) as Outcome[]));
    break;
  case 'cluster':
    fill('cluster', tableOf(JSON.parse(read(args[0])) as Figure[]));
    break;
  case 'plot': {
    const [history, target] = args;
    if (!target) throw new Error('plot: the name of the SVG file is missing');
    writeFileSync(target, plot(parseHistory(read(history))));
    break;
  }
  default:
    throw new Error(`the command must be one of check, table, cluster, plot, got '${command}'`);
}

function fill(part: Part, text: string): void {
  const target = args[1];
  if (target) writeFileSync(target, filled(read(target), part, text));
  else console.log(text);
}
