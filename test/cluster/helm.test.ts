import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { execute, HELM, hasHelm, resultsFolder, root } from './support/environment.js';
import { RenderedTopology } from './support/rendered-topology.js';

let deployment: Deployment | undefined;

afterAll(() => deployment?.delete());

it.skipIf(!hasHelm)(
  'the chart of production is installed, passes `helm test`, and is upgraded without a change',
  async () => {
    const folder = mkdtempSync(join(resultsFolder(), 'helm-'));
    const chart = join(folder, 'production');
    const words = ['synth', 'charts/production.yaml', '--format', 'helm', '-o', folder];
    await execute(process.execPath, [join(root, 'build/main.js'), ...words], { cwd: root });
    // For its namespace, its Secret and its images.
    const production = await Deployment.create(RenderedTopology.of('production'), 'helm');
    deployment = production;
    const { namespace } = production.kubectl;
    const helm = async (...args: string[]) => (await execute(HELM, [...args, '--namespace', namespace])).stdout;
    await investigated([production], async () => {
      await helm('install', 'production', chart, '--wait', '--timeout', '2m');
      expect(await helm('test', 'production', '--timeout', '2m')).toMatch(/Phase:\s+Succeeded/);
      const label = 'app.kubernetes.io/instance=production,app.kubernetes.io/component=verification';
      expect(await production.kubectl.run(['logs', '--tail=-1', '-l', label])).toMatch(/"verdict":\s*"sound"/);
      const before = (await production.pods()).map(({ metadata }) => metadata.uid);
      await helm('upgrade', 'production', chart, '--wait', '--timeout', '2m');
      expect((await production.pods()).map(({ metadata }) => metadata.uid)).toEqual(before);
    });
  },
);
