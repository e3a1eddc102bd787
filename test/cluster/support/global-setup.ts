import { NODE_IMAGE } from '../../../src/kube/images.js';
import { namespaceOf, resultsFolder, runId } from './environment.js';
import { summarise } from './figures.js';
import { Kubectl } from './kubectl.js';
import { NodeAgents } from './node-agents.js';
import type { KubeObject } from './objects.js';

/** Once a run, before the first and after the last test file. */
export default async function setup(): Promise<() => Promise<void>> {
  // Both are handed down to the test files in the environment.
  console.log(`cluster tests: run ${runId()}, results in ${resultsFolder()}`);
  const agents = new NodeAgents();
  await agents.start(NODE_IMAGE);
  return async () => {
    await agents.stop();
    await deleteLeftovers();
    console.log(`\n${summarise()}\nresults in ${resultsFolder()}`);
  };
}

/** Namespaces of this run that a broken set-up left behind. */
export async function deleteLeftovers(): Promise<void> {
  const kubectl = new Kubectl('default');
  const names = (await kubectl.list<KubeObject>('namespaces'))
    .filter(({ metadata }) => metadata.name.startsWith(namespaceOf('')) && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name);
  if (names.length > 0) await kubectl.run(['delete', 'namespace', ...names, '--wait=false']);
}
