// `npm run test:faults`: the fault suite, on the cluster that the environment names (test/faults/choice.ts lists the rest).
// `npm run test:faults -- check|pages|plot …`: what can be done with the results of a run, see commands.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const args = process.argv.slice(2);

function run(file, rest) {
  const { status } = spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' });
  return status ?? 1;
}

if (['check', 'pages', 'plot'].includes(args[0])) {
  const folder = mkdtempSync(join(tmpdir(), 'fault-commands-'));
  const program = join(folder, 'commands.mjs');
  const entryPoints = [join(import.meta.dirname, 'commands.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: program });
  process.exitCode = run(program, args);
  rmSync(folder, { recursive: true });
} else {
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  process.exitCode = run(vitest, ['run', '--config', 'vitest.faults.config.ts', ...args]);
}
