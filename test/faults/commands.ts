// What can be done with the results of a run, without a cluster:
//   check HISTORY…               judges histories again; exit status 1 where a confirmed write was lost
//   table REPORT.json [FILE.md]  prints the report's tables, or puts them between the marks of FILE.md
//   plot HISTORY FILE.svg        draws one failover
import { readFileSync, writeFileSync } from 'node:fs';
import { parseHistory } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import type { Outcome } from './outcome.js';
import { plot } from './plot.js';
import { filled, table } from './report.js';

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
  case 'table': {
    const [report, target] = args;
    const text = table(JSON.parse(read(report)) as Outcome[]);
    if (target) writeFileSync(target, filled(read(target), text));
    else console.log(text);
    break;
  }
  case 'plot': {
    const [history, target] = args;
    if (!target) throw new Error('plot: the name of the SVG file is missing');
    writeFileSync(target, plot(parseHistory(read(history))));
    break;
  }
  default:
    throw new Error(`the command must be one of check, table, plot, got '${command}'`);
}
