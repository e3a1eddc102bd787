import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { root } from './support/environment.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { sleep } from './support/wait.js';

const manifest = RenderedTopology.of('production');
let production: Deployment;

beforeAll(async () => {
  production = await Deployment.create(manifest, 'spinning');
});

afterAll(() => production?.delete());

const ASK = readFileSync(join(root, 'test/faults/scripts/ask-sentinel.sh'), 'utf8');
/** In ms. A Sentinel that goes on spinning looks at itself again after 2, 4 and 8 s. */
const NOTICED = 10_000;
const LOOK = 5000;

/** Seconds of a processor that the Sentinel of a pod has used. */
async function used(pod: string): Promise<number> {
  const info = await production.script(pod, 'sentinel', ASK, ['INFO', 'cpu']);
  const seconds = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, value]) => Number(value));
  return seconds.reduce((sum, value) => sum + value, 0);
}

describe('dist/production.k8s.yaml', { sequential: true }, () => {
  // While a pod was away, connections to its Service were rejected, and one that came about all the same kept a Sentinel
  // at 100 % of a processor for as long as it lived.
  it('has no Sentinel that spins after each of its pods was replaced', () =>
    investigated([production], async () => {
      await production.apply();
      await production.ready(120);
      await production.client.start();
      for (const pod of manifest.serverNames) {
        await production.kubectl.run(['delete', 'pod', pod], { timeout: 90_000 });
        await production.whole(90);
      }
      await sleep(NOTICED);
      const before = await Promise.all(manifest.serverNames.map(used));
      await sleep(LOOK);
      const after = await Promise.all(manifest.serverNames.map(used));
      const shares = after.map((seconds, index) => (seconds - (before[index] as number)) / (LOOK / 1000));
      expect(Math.max(...shares)).toBeLessThan(0.25);
    }));
});
