import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './deployment.js';
import { resultsFolder } from './environment.js';
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

type Save = (file: string, args: readonly string[]) => Promise<void>;

async function collect({ kubectl, client }: Deployment): Promise<string> {
  const folder = join(resultsFolder(), 'failures', `${kubectl.namespace}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  const save: Save = async (file, args) => {
    const { stdout, stderr } = await kubectl.attempt(args, { timeout: 20_000 });
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
  await saveStalls(kubectl, save);
  writeFileSync(join(folder, 'observation.json'), await client.observe().then(JSON.stringify, String));
  return folder;
}

/** What has held up each server for 100 ms or more since it started: commands, forks, the disk. */
async function saveStalls(kubectl: Kubectl, save: Save): Promise<void> {
  const pods = await kubectl.list<Pod>('pods').catch(() => []);
  const ask = '. "$CONFIG_DIR/lib.sh"; load_password; ask_server "$LOCAL" LATENCY LATEST';
  for (const { metadata, spec } of pods) {
    if (!containersOf(spec).some(({ name }) => name === 'redis')) continue;
    // The library finds its neighbours beside the program that sources it.
    const command = ['sh', '-c', `exec sh -c '${ask}' "$CONFIG_DIR/stalls.sh"`];
    await save(`${metadata.name}.stalls.txt`, ['exec', metadata.name, '-c', 'redis', '--', ...command]);
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
