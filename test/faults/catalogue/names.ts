import type { KubeObject } from '../../cluster/support/objects.js';
import type { ClusterTarget } from '../cluster-target.js';
import type { Fault } from '../fault.js';
import { killed } from './promises.js';

interface Policy extends KubeObject {
  readonly spec: { readonly egress: readonly { readonly ports?: readonly { readonly port: number }[] }[] };
}

/** The topology's own NetworkPolicy, with or without the rule that lets its pods ask for names. */
async function policy(target: ClusterTarget, names: boolean): Promise<void> {
  const own = target.deployment.manifest.ofKind<Policy>('NetworkPolicy');
  const objects = own.map((object) => ({
    ...object,
    spec: {
      ...object.spec,
      egress: object.spec.egress.filter((rule) => names || !rule.ports?.some(({ port }) => port === 53)),
    },
  }));
  await target.deployment.apply(objects);
}

export const NAMES: readonly Fault[] = [
  {
    name: 'DNS dead then master killed',
    does: "no name resolves in the topology's pods (its NetworkPolicy lets no question through) while the master is killed",
    needs: 'agents',
    promises: killed,
    async inject(target) {
      await policy(target, false);
      // Policies are enforced within a second.
      await target.lasts(2);
      await target.signal('KILL', 'redis', target.master);
      await target.replaced();
      await target.lasts(5);
    },
    heal: (target) => policy(target, true),
  },
];
