import type { Fault } from '../fault.js';
import type { Scene } from '../scene.js';
import { handedOver, silent, stopOfAll, undisturbed } from './promises.js';

/** The first server is the one that a topology without a memory would choose. */
export async function masterIsNotFirst(scene: Scene): Promise<void> {
  if (scene.master.metadata.name === scene.deployment.manifest.serverNames[0]) await scene.delete(scene.master);
}

export const PODS: readonly Fault[] = [
  {
    name: 'pod of the master deleted',
    does: 'kubectl delete pod, as an eviction does',
    needs: 'nothing',
    promises: handedOver,
    inject: (scene) => scene.delete(scene.master),
  },
  {
    name: 'pod of a replica deleted',
    does: 'kubectl delete pod',
    needs: 'nothing',
    promises: undisturbed,
    inject: (scene) => scene.delete(scene.replica),
  },
  {
    name: 'pod of the master deleted by force',
    does: 'kubectl delete pod --force --grace-period=0: its kubelet leaves two seconds to it',
    needs: 'nothing',
    promises: (facts) => ({ ...silent(facts), goal: handedOver().goal }),
    inject: (scene) => scene.deleteByForce(scene.master),
  },
  {
    name: 'rolling restart',
    does: 'kubectl rollout restart, until it is over',
    needs: 'nothing',
    // minReadySeconds is 15 s for each of the pods.
    promises: () => ({ ...handedOver(), whole: 60 }),
    async inject(scene) {
      const set = `statefulset/${scene.deployment.manifest.name}`;
      await scene.kubectl(['rollout', 'restart', set]);
      await scene.kubectl(['rollout', 'status', set, '--timeout=240s'], 250_000);
    },
  },
  {
    name: 'node of the master drained',
    does: 'kubectl drain of the pods of the topology, and uncordon when they are gone',
    needs: 'nothing',
    promises: handedOver,
    async inject(scene) {
      const pods = `app.kubernetes.io/instance=${scene.deployment.manifest.name}`;
      const node = scene.master.spec.nodeName as string;
      await scene.kubectl(
        ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', `--pod-selector=${pods}`],
        120_000,
      );
    },
    async heal(scene) {
      await scene.kubectl(['uncordon', scene.master.spec.nodeName as string]);
    },
  },
  {
    name: 'all pods deleted at once',
    does: 'all servers killed and all pods deleted, the master not being the first server',
    needs: 'agents',
    promises: stopOfAll,
    prepare: masterIsNotFirst,
    inject: (scene) => scene.crash(...scene.pods),
  },
];
