// bench:proxy [--connections 50] [--seconds 5] [--rounds 5] [--rate 2000]
//   deploys `observed` of dist/, and asks its master in turns at its own Service and through the proxies: as fast as answers come,
//   and at a rate far below what the machine can do; and tells where the processors' time goes. Exit status 1 where the bounds
//   below are not kept.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Deployment } from '../cluster/support/deployment.js';
import { markdownTable, median } from '../cluster/support/figures.js';
import type { Pod } from '../cluster/support/objects.js';
import { RenderedTopology } from '../cluster/support/rendered-topology.js';
import { Parts, type Spent } from './spent.js';

/** Of what is answered without proxies. */
const LEAST_THROUGHPUT = 0.8;
/** What a proxy may add to the 99th percentile, ms. */
const MOST_ADDED_MS = 0.5;
const ASKER = readFileSync(join(import.meta.dirname, 'asker.cjs'), 'utf8');

interface Measured {
  readonly perSecond: number;
  readonly median: number;
  readonly p99: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '5' },
      rate: { type: 'string', default: '2000' },
    },
  });
  // The cluster has no operator that would read them.
  const topology = RenderedTopology.of('observed').without('PodMonitor', 'PrometheusRule');
  const deployment = await Deployment.create(topology, 'proxied');
  try {
    await deployment.apply();
    await deployment.ready(180);
    await deployment.verified(180);
    const { client, kubectl } = deployment;
    await client.start();
    const { master } = await deployment.whole(60);
    const hosts = { directly: master, 'by the proxies': `${topology.name}-master` };
    const asked = async (host: string, rate: string): Promise<Measured> => {
      const words = [host, '6379', client.passwordFile, values.connections, values.seconds, rate];
      return JSON.parse(await kubectl.exec(client.name, 'load', ['node', '-', ...words], { stdin: ASKER })) as Measured;
    };
    const found = new Map<string, Measured[]>();
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const rate of ['0', values.rate]) {
        for (const [way, host] of Object.entries(hosts)) {
          const key = `${way}, ${rate === '0' ? 'as fast as answered' : `${rate} a second`}`;
          found.set(key, [...(found.get(key) ?? []), await asked(host, rate)]);
        }
      }
    }
    const code = report(found);
    const pods = await kubectl.list<Pod>('pods');
    const parts = new Parts(kubectl, pods, (pod, container) => partOf(pod, container, master, client.name));
    const spent = new Map<string, Spent>();
    for (const [way, host] of Object.entries(hosts)) {
      const answers = async () => (await asked(host, '0')).perSecond * Number(values.seconds);
      spent.set(way, await parts.while(answers));
    }
    tell(spent);
    return code;
  } finally {
    await deployment.delete();
  }
}

function partOf(pod: string, container: string, master: string, client: string): string | undefined {
  if (pod === client) return 'client';
  if (container === 'haproxy') return 'proxies';
  if (container !== 'redis') return undefined;
  return pod === master ? 'master' : 'replicas';
}

/** Where the time of the processors goes when answers come as fast as they can: the slowest part decides, if each has its own. */
function tell(spent: ReadonlyMap<string, Spent>): void {
  const names = ['client', 'proxies', 'master', 'replicas'];
  const rows = [...spent].map(([way, of]) => [way, ...names.map((name) => (of[name] ?? 0).toFixed(1))]);
  console.log(markdownTable(['µs of a processor for each answer', ...names], rows).join('\n'));
}

function report(found: ReadonlyMap<string, readonly Measured[]>): number {
  const middle = (all: readonly Measured[], of: keyof Measured) => median(all.map((one) => one[of]));
  const rows = [...found].map(([key, all]) => [
    key,
    middle(all, 'perSecond').toFixed(0),
    middle(all, 'median').toFixed(2),
    middle(all, 'p99').toFixed(2),
  ]);
  console.log(markdownTable(['asked', 'answers a second', 'median, ms', 'p99, ms'], rows).join('\n'));
  const [fast, fastProxied, slow, slowProxied] = [...found.values()] as [
    Measured[],
    Measured[],
    Measured[],
    Measured[],
  ];
  const share = middle(fastProxied, 'perSecond') / middle(fast, 'perSecond');
  const added = middle(slowProxied, 'p99') - middle(slow, 'p99');
  console.log(`through the proxies: ${share.toFixed(2)} of the throughput (at least ${LEAST_THROUGHPUT})`);
  console.log(`through the proxies: ${added.toFixed(2)} ms more in the 99th percentile (at most ${MOST_ADDED_MS})`);
  return Number(share < LEAST_THROUGHPUT || added > MOST_ADDED_MS);
}
