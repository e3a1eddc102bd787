import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { execute, resultsFolder, root } from './environment.js';
import { RenderedTopology } from './rendered-topology.js';

/** A topology of fixtures/, made a manifest by the command that users run. */
export async function synthesised(fixture: string): Promise<RenderedTopology> {
  const out = mkdtempSync(join(resultsFolder(), 'synth-'));
  const topology = join('test', 'cluster', 'fixtures', fixture);
  await execute(process.execPath, [join('build', 'main.js'), 'synth', topology, '-o', out], { cwd: root });
  return RenderedTopology.read(join(out, fixture.replace(/\.yaml$/, '.k8s.yaml')));
}
