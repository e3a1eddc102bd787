import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from './load/observation.js';
import { loadProgram } from './support/client-pod.js';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { isReady, type Pod } from './support/objects.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { Pending, until } from './support/wait.js';

const manifest = RenderedTopology.of('application');
let application: Deployment;

beforeAll(async () => {
  application = await Deployment.create(manifest, 'application');
});

afterAll(() => application?.delete());

describe('dist/application.k8s.yaml', () => {
  it("lets the application's own container reach every server and Sentinel with what bind() gave it", () =>
    investigated([application], async () => {
      await application.apply();
      await application.ready(120);
      const pod = await clientPod();
      // Neither addresses of Sentinels nor a password: the program takes them from the variables of bind().
      const servers = manifest.serverNames.map((name) => `${name}:6379`).join(',');
      const answer = await application.kubectl.exec(pod, 'app', ['node', '-', 'observe', '--servers', servers], {
        stdin: await loadProgram(),
      });
      const { servers: seen, sentinels } = JSON.parse(answer) as Observation;
      expect(sentinels.map(({ error }) => error)).toEqual(manifest.serverNames.map(() => undefined));
      expect(seen.filter(({ role }) => role === 'master')).toHaveLength(1);
      expect(seen.filter(({ role }) => role === 'slave')).toHaveLength(manifest.serverNames.length - 1);
    }));
});

/** Name of the pod that `bind()` labelled. */
function clientPod(): Promise<string> {
  return until('the pod of the application', 60, async () => {
    const pods = await application.kubectl.list<Pod>('pods', `redis-sentinel.cdk8s.io/client-${manifest.name}=true`);
    const ready = pods.find(isReady);
    return ready ? ready.metadata.name : new Pending(`${pods.length} pods, none ready`);
  });
}
