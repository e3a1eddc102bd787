import { randomBytes } from 'node:crypto';
import { Spread } from '../../../src/kube/spread.js';
import type { ClusterTarget } from '../cluster-target.js';
import type { Fault, Promises } from '../fault.js';
import { handedOver } from './promises.js';

/** Longest time until the kubelets have put a changed Secret into the pods, in s: their period is a minute. */
const SECRET_SECONDS = 150;
/** A set of five pods, each of which must be ready for 15 s before the next is replaced. */
const ROLL_SECONDS = 300;

async function rolled(target: ClusterTarget): Promise<void> {
  const set = `statefulset/${target.deployment.manifest.name}`;
  await target.kubectl(['rollout', 'status', set, `--timeout=${ROLL_SECONDS}s`], (ROLL_SECONDS + 10) * 1000);
}

const planned = (): Promises => ({ ...handedOver(), whole: 60 });

export const CHANGES: readonly Fault[] = [
  {
    name: 'password changed and pods rolled',
    does: 'another password is written into the Secret; when all pods use it, they are rolled',
    needs: 'nothing',
    promises: planned,
    async inject(target) {
      const { secret } = target.deployment.manifest;
      if (!secret) throw new Error('the topology has no password that could be changed');
      const { name, key } = secret;
      const stringData = { [key]: randomBytes(18).toString('base64') };
      const since = new Date().toISOString();
      await target.kubectl(['patch', 'secret', name, '--patch', JSON.stringify({ stringData })]);
      await target.said('agent', /password-used/, since, SECRET_SECONDS);
      await target.kubectl(['rollout', 'restart', `statefulset/${target.deployment.manifest.name}`]);
      await rolled(target);
    },
  },
  {
    name: 'scaled from 3 to 5 and back',
    does: 'the manifest for five servers is applied, and when that is whole the one for three again',
    needs: 'nothing',
    // Five pods on three nodes.
    shape: { spread: Spread.PREFERRED },
    // A strict master of five wants two replicas, and on the way back one of the two that are left is being replaced.
    promises: ({ profile }) => (profile === 'strict' ? { ...planned(), outage: 10_000, goal: undefined } : planned()),
    async inject(target) {
      await target.becomes(5);
      await rolled(target);
      await target.deployment.whole(120);
    },
    async heal(target) {
      await target.becomes(3);
      await rolled(target);
    },
  },
];
