import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { shuffled } from './support/random.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { START_LIMIT, startTimed } from './support/start.js';

/** Another order can be tried with SEED=n. */
const seed = Number(process.env.SEED ?? 1);
const manifest = RenderedTopology.of('production');
let production: Deployment;

beforeAll(async () => {
  production = await Deployment.create(manifest, 'any-order');
});

afterAll(() => production?.delete());

describe('dist/production.k8s.yaml in another order', () => {
  it(`is up and verified within ${START_LIMIT} s when its Services come last and all else shuffled (seed ${seed})`, () =>
    investigated([production], async () => {
      const services = manifest.objects.filter((object) => object.kind === 'Service');
      const others = manifest.objects.filter((object) => object.kind !== 'Service');
      const order = [...shuffled(others, seed), ...shuffled(services, seed)];
      const { verified } = await startTimed(production, `shuffled, seed ${seed}, Services last`, order);
      await production.client.start();
      await production.whole(30);
      expect(verified).toBeLessThanOrEqual(START_LIMIT);
    }));
});
