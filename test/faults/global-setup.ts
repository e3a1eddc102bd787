import { NODE_IMAGE } from '../../src/kube/images.js';
import { resultsFolder, runId } from '../cluster/support/environment.js';
import { deleteLeftovers } from '../cluster/support/global-setup.js';
import { NodeAgents } from '../cluster/support/node-agents.js';
import { summarise } from './results.js';

/** Once a run, before the first and after the last test file. */
export default async function setup(): Promise<() => Promise<void>> {
  console.log(`faults: run ${runId()}, results in ${resultsFolder()}`);
  const agents = new NodeAgents();
  await agents.start(NODE_IMAGE);
  return async () => {
    await agents.stop();
    await deleteLeftovers();
    console.log(`\n${summarise()}\nhistories, logs and report in ${resultsFolder()}`);
  };
}
