import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEntry } from './load/history.js';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { powerOverNodes, within } from './support/environment.js';
import {
  AGENT_GONE,
  type Fault,
  LOST_IN_FLIGHT,
  NODE_CRASH,
  nodeOf,
  POD_DELETED,
  SIGKILL,
  underLoad,
} from './support/faults.js';
import { isReady, type Pod } from './support/objects.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { startTimed } from './support/start.js';
import { Pending, until } from './support/wait.js';

// The cluster has no operator that would read them.
const manifest = RenderedTopology.of('observed').without('PodMonitor', 'PrometheusRule');
/** What a client pays that knows no Sentinel, ms: an agent says who is master, and a proxy hears of it. */
const PROXY_MS = 300;
let observed: Deployment;

beforeAll(async () => {
  observed = await Deployment.create(manifest, 'master-service');
});

afterAll(() => observed?.delete());

const proxies = async (): Promise<Pod[]> => observed.kubectl.list<Pod>('pods', 'app.kubernetes.io/component=proxy');

/** Under the load of clients that know nothing but the Service. */
const throughService = (fault: Fault, limit: number) =>
  underLoad(observed, fault, { limit, patience: 180, load: { plain: `${manifest.name}-master:6379` } });

/** Writes that a server refused since it was a replica. */
function refusals(history: readonly HistoryEntry[]): number {
  return history.filter((entry) => entry.kind === 'write' && entry.error?.includes('READONLY')).length;
}

/** So that no proxy is on the node of this pod. */
async function moveProxies(from: Pod): Promise<void> {
  const node = nodeOf(from);
  await observed.kubectl.run(['cordon', node]);
  try {
    for (const proxy of await proxies()) {
      if (nodeOf(proxy) === node)
        await observed.kubectl.run(['delete', 'pod', proxy.metadata.name], { timeout: 120_000 });
    }
    await bothReady();
  } finally {
    await observed.kubectl.run(['uncordon', node]);
  }
}

const bothReady = () =>
  until('both proxies ready', 60, async () => {
    const ready = (await proxies()).filter(isReady);
    return ready.length === 2 ? true : new Pending(`${ready.length} of 2`);
  });

describe('a client of the Service that leads to the master', { sequential: true }, () => {
  it('finds it once the topology is up and verified', () =>
    investigated([observed], async () => {
      await startTimed(observed, 'in the order of the file');
      await bothReady();
      await observed.client.start();
      await observed.whole(60);
    }));

  for (const { fault, limit } of [
    { fault: SIGKILL, limit: within(600 + PROXY_MS) },
    { fault: POD_DELETED, limit: within(300 + PROXY_MS) },
  ]) {
    it(`is back soon after a Sentinel's client would be, loses nothing, and is never led to a replica: ${fault.name}`, () =>
      investigated([observed], async () => {
        const { report, lostEach, masters, history } = await throughService(fault, limit);
        expect(masters[1]).not.toBe(masters[0]);
        expect(report.lostConfirmed).toEqual([]);
        expect(Math.max(...lostEach)).toBeLessThanOrEqual(fault === SIGKILL ? LOST_IN_FLIGHT : 0);
        expect(report.outages[0]?.ms).toBeLessThanOrEqual(limit);
        expect(refusals(history)).toBe(0);
      }));
  }

  it('writes on while the agent of the master is gone, twice, and back after ten seconds', () =>
    investigated([observed], async () => {
      const { report, masters, history } = await throughService(AGENT_GONE, within(PROXY_MS));
      expect(masters[1]).toBe(masters[0]);
      expect(report.lost).toEqual([]);
      expect(report.outages[0]?.ms).toBeLessThanOrEqual(within(PROXY_MS));
      expect(refusals(history)).toBe(0);
    }));

  it.skipIf(!powerOverNodes)('is back when the node of the master loses power (FAULTS)', () =>
    investigated([observed], async () => {
      // A client whose proxy vanishes with the node waits for its own time limit besides.
      const { master } = await observed.whole(60);
      const pod = await observed.pod(master);
      await moveProxies(pod);
      await observed.client.start(nodeOf(pod));
      const limit = within(manifest.downAfter + 1500 + PROXY_MS);
      const { report, history } = await throughService(NODE_CRASH, limit);
      expect(report.lostConfirmed).toEqual([]);
      expect(report.outages[0]?.ms).toBeLessThanOrEqual(limit);
      expect(refusals(history)).toBe(0);
    }),
  );
});
