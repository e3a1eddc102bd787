import { onTestFinished } from 'vitest';
import { Deployment } from './deployment.js';
import { investigated } from './diagnostics.js';
import type { KubeObject } from './objects.js';
import { startTimed } from './start.js';
import { synthesised } from './synth.js';

/**
 * The topology of test/cluster/fixtures, changed by `change`, in a namespace of its own where the objects `around` come
 * first: verified, and whole. It goes with the test.
 */
export async function startedFixture(
  name: string,
  around: readonly object[] = [],
  change = (object: KubeObject) => object,
): Promise<Deployment> {
  const manifest = (await synthesised(`${name}.yaml`)).with(change);
  const topology = await Deployment.create(manifest, name);
  onTestFinished(() => topology.delete());
  await investigated([topology], async () => {
    if (around.length > 0) await topology.kubectl.create(around as KubeObject[]);
    await startTimed(topology, 'in the order of the file');
  });
  return topology;
}
