import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { powerOverNodes, within } from './support/environment.js';
import {
  ALL_PODS_DELETED,
  type Fault,
  LOST_IN_FLIGHT,
  NODE_CRASH,
  nodeOf,
  POD_DELETED,
  SIGKILL,
  underLoad,
} from './support/faults.js';
import { median } from './support/figures.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { START_LIMIT, startTimed } from './support/start.js';
import { statusOf, type Told } from './support/status.js';

const manifest = RenderedTopology.of('production');
let production: Deployment;

beforeAll(async () => {
  production = await Deployment.create(manifest, 'production');
});

afterAll(() => production?.delete());

const outages = (report: { outages: readonly { ms: number }[] }) => report.outages.map((outage) => outage.ms);

describe('dist/production.k8s.yaml', { sequential: true }, () => {
  it(`is up and verified within ${START_LIMIT} s of its application to an empty namespace`, () =>
    investigated([production], async () => {
      const { podsReady, verified } = await startTimed(production, 'in the order of the file');
      await production.client.start();
      await production.whole(30, production.manifest.serverNames[0]);
      expect(podsReady).toBeLessThanOrEqual(START_LIMIT);
      expect(verified).toBeLessThanOrEqual(START_LIMIT);
    }));

  it('loses no confirmed write, no other but those in flight, and is back within 0.6 s when its master is killed, three times', () =>
    investigated([production], async () => {
      const limit = within(600);
      const { report, lostEach } = await underLoad(production, SIGKILL, { times: 3, limit });
      expect(report.confirmed).toBeGreaterThan(0);
      expect(report.lostConfirmed).toEqual([]);
      expect(Math.max(...lostEach)).toBeLessThanOrEqual(LOST_IN_FLIGHT);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it('hands over within 0.3 s and loses no write when the pod of its master is deleted, three times', () =>
    investigated([production], async () => {
      const limit = within(300);
      const { report } = await underLoad(production, POD_DELETED, { times: 3, limit });
      expect(report.lost).toEqual([]);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it.skipIf(!powerOverNodes)(
    'is back within down-after + 1.5 s with every confirmed write when the node of its master loses power (FAULTS)',
    () =>
      investigated([production], async () => {
        const limit = within(manifest.downAfter + 1500);
        const { master } = await production.whole(60);
        await production.client.start(nodeOf(await production.pod(master)));
        const told: Told[] = [];
        const fault: Fault = {
          ...NODE_CRASH,
          async mend(pod, deployment) {
            told.push(statusOf(manifest.name, deployment.kubectl));
            await NODE_CRASH.mend?.(pod, deployment);
          },
        };
        const { report } = await underLoad(production, fault, { limit, patience: 180 });
        expect(report.lostConfirmed).toEqual([]);
        expect(outages(report)[0]).toBeLessThanOrEqual(limit);
        // The node was still away when `status` was asked.
        expect(told).toHaveLength(1);
        expect(told[0]?.text).toContain(master);
        // Not sound, or not to be told: that depends on whether Kubernetes has noticed by then that the node is away.
        expect([1, 2]).toContain(told[0]?.code);
        expect(told[0]?.ms).toBeLessThanOrEqual(8000);
      }),
  );

  it('comes back with its last master and every acknowledged write when all its pods are deleted at once', () =>
    investigated([production], async () => {
      // The first server is the one that a topology without a memory would choose.
      const first = manifest.serverNames[0] as string;
      const { master } = await production.whole(60);
      if (master === first) await production.kubectl.run(['delete', 'pod', first], { timeout: 90_000 });
      const { report, masters } = await underLoad(production, ALL_PODS_DELETED, { patience: 180 });
      expect(masters[0]).not.toBe(first);
      expect(masters[1]).toBe(masters[0]);
      expect(report.lost).toEqual([]);
    }));
});
