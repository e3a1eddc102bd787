// What can be done with the results of a run, without a cluster:
//   check HISTORY…         judges histories again; exit status 1 where a confirmed write was lost
//   pages                  writes what docs/ and the README show of test/faults/measured (`npm run docs`)
//   plot HISTORY FILE.svg  draws one failover
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseHistory } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import type { Figure } from '../cluster/support/figures.js';
import type { Outcome } from './outcome.js';
import { FOLDER, pagesOf } from './pages.js';
import { plot } from './plot.js';

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
  case 'pages':
    writePages();
    break;
  case 'plot': {
    const [history, target] = args;
    if (!target) throw new Error('plot: the name of the SVG file is missing');
    writeFileSync(target, plot(parseHistory(read(history))));
    break;
  }
  default:
    throw new Error(`the command must be one of check, pages, plot, got '${command}'`);
}

function writePages(): void {
  mkdirSync(FOLDER, { recursive: true });
  const kept = <T>(file: string) => JSON.parse(read(`test/faults/measured/${file}`)) as readonly T[];
  const pages = pagesOf({ outcomes: kept<Outcome>('report.json'), figures: kept<Figure>('figures.json') }, read);
  for (const [page, text] of pages) writeFileSync(page, text);
  const old = readdirSync(FOLDER).map((file) => `${FOLDER}/${file}`);
  for (const page of old.filter((page) => !pages.has(page))) rmSync(page);
}
