import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../simulator/again.js';
import { extract } from '../simulator/measured.js';
import { drawn, PICTURES } from '../simulator/pictures.js';
import { doAll } from '../simulator/pool.js';
import { SCHEMA_FILE, topologyJsonSchema } from '../topology-file/json-schema.js';
import { withAlertTable } from './alerts.js';
import { librarySymbols } from './api.js';
import { withApi } from './api-page.js';
import { withCommands } from './commands.js';
import { withWordTables } from './configuration.js';
import { jobOfPage, withSimulated } from './simulated.js';

// What is written of the words of a topology, their tables in the documentation and their JSON Schema; what the commands and
// the library say of themselves; what the simulator knows of the record of the cluster, how the two compare, and pictures of
// simulated runs.

const ROOT = join(__dirname, '..');

writeFileSync(join(ROOT, SCHEMA_FILE), `${JSON.stringify(topologyJsonSchema(), undefined, 2)}\n`);
rewrite('docs/configuration.md', withWordTables);
rewrite('docs/api.md', (page) => withApi(page, librarySymbols(ROOT)));
rewrite('docs/metrics.md', withAlertTable);
rewrite('docs/cli.md', (page) => {
  const described = execFileSync(process.execPath, [join(__dirname, 'main.js'), 'help', '--json'], {
    encoding: 'utf8',
  });
  return withCommands(page, JSON.parse(described));
});

const report = JSON.parse(readFileSync(join(ROOT, 'test/faults/measured/report.json'), 'utf8'));
const medians = extract(report);
writeFileSync(join(ROOT, 'src/simulator/measured.json'), `${JSON.stringify(medians, undefined, 2)}\n`);

mkdirSync(join(ROOT, 'docs/pictures'), { recursive: true });
for (const picture of PICTURES) writeFileSync(join(ROOT, `docs/pictures/${picture.name}.svg`), drawn(picture));

const job = jobOfPage();
doAll(job, join(__dirname, 'simulator.js'), () => {}).then((done) => {
  rewrite('docs/simulated-and-measured.md', (page) => withSimulated(page, rowsOf(job, done), medians));
});

function rewrite(file: string, change: (page: string) => string): void {
  const path = join(ROOT, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
