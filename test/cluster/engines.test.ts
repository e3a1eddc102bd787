import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { type Fault, LOST_IN_FLIGHT, POD_DELETED, SIGKILL, underLoad } from './support/faults.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { startTimed } from './support/start.js';
import { synthesised } from './support/synth.js';

interface Case {
  readonly name: string;
  /** A file of dist/, or of fixtures/, which is synthesised first. */
  readonly manifest: () => Promise<RenderedTopology>;
  readonly faults: readonly Fault[];
}

const cases: readonly Case[] = [
  { name: 'dist/cache.k8s.yaml', manifest: async () => RenderedTopology.of('cache'), faults: [SIGKILL, POD_DELETED] },
  { name: 'the Alpine image', manifest: () => synthesised('alpine.yaml'), faults: [SIGKILL] },
  { name: 'dist/development.k8s.yaml', manifest: async () => RenderedTopology.of('development'), faults: [] },
];

const deployments = new Map<string, Deployment>();
const deploymentOf = (name: string): Deployment => {
  const deployment = deployments.get(name);
  if (!deployment) throw new Error(`${name}: its namespace could not be set up`);
  return deployment;
};

beforeAll(async () => {
  for (const [index, { name, manifest }] of cases.entries()) {
    deployments.set(name, await Deployment.create(await manifest(), `engine-${index}`));
  }
});

afterAll(async () => {
  for (const deployment of deployments.values()) await deployment.delete();
});

describe.each(cases)('$name', { sequential: true }, ({ name, faults }) => {
  it('comes up and passes its verification', () => {
    const deployment = deploymentOf(name);
    return investigated([deployment], async () => {
      await startTimed(deployment, 'in the order of the file');
      await deployment.client.start();
      await deployment.whole(30);
    });
  });

  for (const fault of faults) {
    it(`loses no confirmed write when its master has a fault: ${fault.name}`, () => {
      const deployment = deploymentOf(name);
      return investigated([deployment], async () => {
        const { report, lostEach, masters } = await underLoad(deployment, fault);
        expect(report.lostConfirmed).toEqual([]);
        expect(Math.max(...lostEach)).toBeLessThanOrEqual(fault === SIGKILL ? LOST_IN_FLIGHT : 0);
        expect(report.acknowledged).toBeGreaterThan(0);
        expect(masters).toHaveLength(2);
      });
    });
  }
});
