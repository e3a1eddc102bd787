import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_PORT } from '../../../src/kube/ports.js';
import type { Deployment } from './deployment.js';
import { resultsFolder, root } from './environment.js';
import type { Kubectl } from './kubectl.js';
import { containersOf, type Pod } from './objects.js';

/** Runs part of a test; where it fails, saves what there is to know, and names the folder in the failure. */
export async function investigated<T>(deployments: readonly Deployment[], part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    const folders = await Promise.all(deployments.map((deployment) => collect(deployment)));
    (error as Error).message += `\n(pods, events and logs: ${folders.join(' ')})`;
    throw error;
  }
}

type Save = (file: string, args: readonly string[], stdin?: string) => Promise<void>;

async function collect({ kubectl, client }: Deployment): Promise<string> {
  const folder = join(resultsFolder(), 'failures', `${kubectl.namespace}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  const save: Save = async (file, args, stdin) => {
    const { stdout, stderr } = await kubectl.attempt(args, { timeout: 20_000, stdin });
    if (stdout || stderr) writeFileSync(join(folder, file), stdout + stderr);
  };
  await save('pods.txt', ['get', 'pods', '-o', 'wide']);
  await save('objects.yaml', [
    'get',
    'pods,services,statefulsets,jobs,pvc,networkpolicies,endpointslices',
    '-o',
    'yaml',
  ]);
  await save('events.txt', ['get', 'events', '--sort-by=.lastTimestamp']);
  await saveLogs(kubectl, save);
  await saveStatus(kubectl, save);
  writeFileSync(join(folder, 'observation.json'), await client.observe().then(JSON.stringify, String));
  return folder;
}

const ASK = readFileSync(join(root, 'test/faults/scripts/ask.sh'), 'utf8');

/**
 * Of each server, what has held it up for 100 ms or more since it started: commands, forks, the disk. Of each agent, what it
 * knows and does, and its counts.
 */
async function saveStatus(kubectl: Kubectl, save: Save): Promise<void> {
  const pods = await kubectl.list<Pod>('pods').catch(() => []);
  for (const { metadata, spec } of pods) {
    const { name } = metadata;
    const has = (container: string) => containersOf(spec).some((own) => own.name === container);
    if (has('redis')) {
      const latency = ['sh', '-s', '--', 'LATENCY', 'LATEST'];
      await save(`${name}.stalls.txt`, ['exec', '-i', name, '-c', 'redis', '--', ...latency], ASK);
    }
    if (!has('agent')) continue;
    const proxied = `/api/v1/namespaces/${kubectl.namespace}/pods/${name}:${AGENT_PORT}/proxy`;
    for (const what of ['status', 'metrics']) await save(`${name}.${what}.txt`, ['get', '--raw', `${proxied}/${what}`]);
  }
}

async function saveLogs(kubectl: Kubectl, save: Save): Promise<void> {
  const pods = await kubectl.list<Pod>('pods').catch(() => []);
  for (const pod of pods) {
    for (const { name } of containersOf(pod.spec)) {
      const log = ['logs', pod.metadata.name, '-c', name, '--timestamps', '--tail=-1'];
      await save(`${pod.metadata.name}.${name}.log`, log);
      const status = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
      if (status.some((container) => container.name === name && container.restartCount > 0)) {
        await save(`${pod.metadata.name}.${name}.previous.log`, [...log, '--previous']);
      }
    }
  }
}
