// count.mjs FILE…: adds up vitest's JSON reports, names what was skipped or failed, and ends with the line
// `N passed, N failed, N skipped`.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const counts = { passed: 0, failed: 0, skipped: 0 };
// Whatever is neither passed nor failed was not run: skipped, pending, todo, disabled.
const outcomeOf = (status) => (status === 'passed' || status === 'failed' ? status : 'skipped');

for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      const outcome = outcomeOf(test.status);
      counts[outcome]++;
      if (outcome !== 'passed') console.log(`${outcome}: ${test.fullName} (${basename(file.name)})`);
    }
    // A file that could not be loaded, or whose set-up failed, has no failed test to show for it.
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      counts.failed++;
      console.log(`failed: ${basename(file.name)} as a whole: ${file.message}`);
    }
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
