// bench:idle [--topology production] [--namespace NAME] [--seconds 60] [--soak MINUTES]
//   deploys that topology of dist/ (or takes the one that runs in that namespace), lets it be idle, and prints what each of
//   its containers costs. Exit status 1 where a bound of verdict.ts is not kept, 2 where nothing could be measured.
//   IDLE_SLACK: how many times more of the processors is let pass, 1 unless set.
//   --soak: then has a Sentinel fail over once a minute, and says whether the agents' memory and sockets grow.
import { parseArgs } from 'node:util';
import { NODE_IMAGE } from '../../src/kube/images.js';
import { Deployment } from '../cluster/support/deployment.js';
import { Kubectl } from '../cluster/support/kubectl.js';
import { NodeAgents } from '../cluster/support/node-agents.js';
import type { Pod } from '../cluster/support/objects.js';
import { RenderedTopology } from '../cluster/support/rendered-topology.js';
import { Pending, sleep, until } from '../cluster/support/wait.js';
import { soak } from './soak.js';
import { askKubelets, costs, type Usage } from './usage.js';
import { complaints, growth, tableOf } from './verdict.js';
import { yardstick } from './yardstick.js';

/**
 * After the start, until what it takes is over, s: a kubelet's first looks, and V8's compilation of what runs often. In its
 * second minute a master's agent takes a third more than from its third on.
 */
const SETTLE = 120;
const MASTER_PORT = 6379;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      topology: { type: 'string', default: 'production' },
      namespace: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      soak: { type: 'string' },
    },
  });
  const manifest = RenderedTopology.of(values.topology);
  if (values.namespace && values.soak) throw new Error('--soak must have a topology of its own: it changes masters');
  if (values.namespace) return measure(new Kubectl(values.namespace), manifest, Number(values.seconds));
  const deployment = await Deployment.create(manifest, 'idle');
  const agents = new NodeAgents();
  try {
    await deployment.apply();
    await deployment.ready(180);
    await deployment.verified(180);
    const { kubectl } = deployment;
    // Its pod is none of the topology, and costs nothing any more.
    await kubectl.run(['delete', 'job', manifest.verification.metadata.name]);
    const code = await measure(kubectl, manifest, Number(values.seconds));
    if (!values.soak) return code;
    await agents.start(NODE_IMAGE);
    await deployment.client.start();
    const grown = growth(await soak(deployment, agents, Number(values.soak)));
    for (const sentence of grown) console.log(`GROWS    ${sentence}`);
    if (grown.length === 0) console.log('flat after the first ten minutes');
    return code || Number(grown.length > 0);
  } finally {
    await deployment.delete();
    if (values.soak) await agents.stop();
  }
}

async function measure(kubectl: Kubectl, manifest: RenderedTopology, seconds: number): Promise<number> {
  const pods = (await kubectl.list<Pod>('pods', `app.kubernetes.io/instance=${manifest.name}`)).filter(
    ({ status }) => status.phase === 'Running',
  );
  if (pods.length === 0) throw new Error(`no pod of ${manifest.name} runs in namespace ${kubectl.namespace}`);
  const names = pods.map(({ metadata }) => metadata.name);
  const nodes = [...new Set(pods.map(({ spec }) => spec.nodeName as string))];
  console.log(`idle for ${seconds} s: ${names.join(', ')}`);
  await sleep(SETTLE * 1000);
  const look = () =>
    until('the kubelets have looked', 60, async () => allOf(await askKubelets(kubectl, nodes, names), pods));
  const before = await look();
  await sleep(seconds * 1000);
  const found = costs(before, await look());
  console.log(tableOf(found, await rolesOf(kubectl, names)));
  console.log(`a start of node takes ${yardstick().toFixed(0)} ms of a processor here`);
  for (const sentence of complaints(found)) console.log(`ABOVE    ${sentence}`);
  const broken = complaints(found, slackOf(process.env.IDLE_SLACK));
  for (const sentence of broken) console.log(`MISSED   ${sentence}`);
  return Number(broken.length > 0);
}

function slackOf(given = '1'): number {
  const slack = Number(given);
  if (!(slack >= 1)) throw new Error(`IDLE_SLACK must be a number of at least 1, got '${given}'`);
  return slack;
}

function allOf(usages: Usage[], pods: readonly Pod[]): Usage[] | Pending {
  const wanted = pods.reduce((sum, { spec }) => sum + spec.containers.length + (spec.initContainers?.length ?? 0), 0);
  return usages.length === wanted ? usages : new Pending(`${usages.length} of ${wanted} containers`);
}

/** Asked of the servers themselves, by one process in each. */
async function rolesOf(kubectl: Kubectl, pods: readonly string[]): Promise<Map<string, string>> {
  const ask = `IFS= read -r REDISCLI_AUTH <"$RUN_DIR/passwords"; export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
    exec "$ENGINE-cli" -p ${MASTER_PORT} ROLE`;
  const roles = new Map<string, string>();
  for (const pod of pods) {
    const { stdout } = await kubectl.attempt(['exec', pod, '-c', 'redis', '--', 'sh', '-c', ask]);
    const role = stdout.split('\n')[0];
    if (role) roles.set(pod, role === 'slave' ? 'replica' : role);
  }
  return roles;
}
