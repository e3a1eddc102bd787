import type { ClusterTarget } from '../cluster-target.js';
import type { Fault } from '../fault.js';
import { handedOver, silent, stopOfAll, undisturbed } from './promises.js';

/** The first server is the one that a topology without a memory would choose. */
export async function masterIsNotFirst(target: ClusterTarget): Promise<void> {
  if (target.master.metadata.name === target.deployment.manifest.serverNames[0]) await target.delete(target.master);
}

export const PODS: readonly Fault[] = [
  {
    name: 'pod of the master deleted',
    does: 'kubectl delete pod, as an eviction does',
    needs: 'nothing',
    promises: handedOver,
    inject: (target) => target.delete(target.master),
  },
  {
    name: 'pod of a replica deleted',
    does: 'kubectl delete pod',
    needs: 'nothing',
    promises: undisturbed,
    inject: (target) => target.delete(target.replica),
  },
  {
    name: 'pod of the master deleted by force',
    does: 'kubectl delete pod --force --grace-period=0: its kubelet leaves two seconds to it',
    needs: 'nothing',
    promises: (facts) => ({ ...silent(facts), goal: handedOver().goal }),
    inject: (target) => target.deleteByForce(target.master),
  },
  {
    name: 'rolling restart',
    does: 'kubectl rollout restart, until it is over',
    needs: 'nothing',
    // minReadySeconds is 15 s for each of the pods.
    promises: () => ({ ...handedOver(), whole: 60 }),
    async inject(target) {
      const set = `statefulset/${target.deployment.manifest.name}`;
      await target.kubectl(['rollout', 'restart', set]);
      await target.kubectl(['rollout', 'status', set, '--timeout=240s'], 250_000);
    },
  },
  {
    name: 'node of the master drained',
    does: 'kubectl drain of the pods of the topology, and uncordon when they are gone',
    needs: 'nothing',
    promises: handedOver,
    async inject(target) {
      const pods = `app.kubernetes.io/instance=${target.deployment.manifest.name}`;
      const node = target.master.spec.nodeName as string;
      await target.kubectl(
        ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', `--pod-selector=${pods}`],
        120_000,
      );
    },
    async heal(target) {
      await target.kubectl(['uncordon', target.master.spec.nodeName as string]);
    },
  },
  {
    name: 'all pods deleted at once',
    does: 'all servers killed and all pods deleted, the master not being the first server',
    needs: 'agents',
    promises: stopOfAll,
    prepare: masterIsNotFirst,
    inject: (target) => target.crash(...target.pods),
  },
];
