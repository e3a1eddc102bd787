import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../cluster/support/deployment.js';
import type { NodeAgents } from '../cluster/support/node-agents.js';
import { sleep } from '../cluster/support/wait.js';
import { askKubelets } from './usage.js';
import type { Sample } from './verdict.js';

const SOCKETS = readFileSync(join(import.meta.dirname, 'sockets.sh'), 'utf8');
const ASK_SENTINEL = readFileSync(join(import.meta.dirname, '../faults/scripts/ask-sentinel.sh'), 'utf8');
const MINUTE = 60_000;

/**
 * Has a Sentinel fail over once a minute, and looks at all agents just before: what the last failover took is over by then. No
 * server is ended: a kubelet lets a container that ends again and again wait for up to five minutes.
 */
export async function soak(deployment: Deployment, agents: NodeAgents, minutes: number): Promise<Sample[]> {
  const { manifest } = deployment;
  const failover = ['SENTINEL', 'FAILOVER', manifest.setting('MASTER_NAME')];
  const began = Date.now();
  const samples: Sample[] = [];
  for (let round = 1; round <= minutes; round++) {
    await sleep(Math.max(0, began + round * MINUTE - Date.now()));
    const taken = await look(deployment, agents, (Date.now() - began) / MINUTE);
    samples.push(...taken);
    const shown = taken.map((s) => `${s.pod} ${(s.workingSetBytes / 2 ** 20).toFixed(1)} MiB ${s.sockets} sockets`);
    const master = await masterOf(deployment);
    console.log(`minute ${round}, master ${master}: ${shown.join(', ')}`);
    const asked = taken[round % taken.length] as Sample;
    await deployment.script(asked.pod, 'sentinel', ASK_SENTINEL, failover);
  }
  return samples;
}

async function look(deployment: Deployment, agents: NodeAgents, minute: number): Promise<Sample[]> {
  const pods = await deployment.pods();
  const nodes = [...new Set(pods.map(({ spec }) => spec.nodeName as string))];
  const names = pods.map(({ metadata }) => metadata.name);
  const usages = await askKubelets(deployment.kubectl, nodes, names);
  return Promise.all(
    pods.map(async (pod) => {
      const { name } = pod.metadata;
      const agent = usages.find((usage) => usage.pod === name && usage.container === 'agent');
      const sockets = Number(await agents.execute(pod, 'agent', SOCKETS, []));
      return { minute, pod: name, workingSetBytes: agent?.workingSetBytes ?? 0, sockets };
    }),
  );
}

async function masterOf(deployment: Deployment): Promise<string | undefined> {
  const { servers } = await deployment.client.observe();
  return servers.find(({ role }) => role === 'master')?.host;
}
