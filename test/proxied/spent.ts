import type { Kubectl } from '../cluster/support/kubectl.js';
import type { Pod } from '../cluster/support/objects.js';
import { Pending, until } from '../cluster/support/wait.js';
import { askKubelets, type Usage } from '../idle/usage.js';

/** Processor time of each part, in µs for each answer. */
export type Spent = Readonly<Record<string, number>>;

/** What the parts of a topology, and who asks it, take of the processors while something is asked. */
export class Parts {
  /** @param partOf `undefined` for a pod's container that is none of interest */
  constructor(
    private readonly kubectl: Kubectl,
    private readonly pods: readonly Pod[],
    private readonly partOf: (pod: string, container: string) => string | undefined,
  ) {}

  /** @param asking returns how many answers came */
  async while(asking: () => Promise<number>): Promise<Spent> {
    const before = await this.lookAfter(Date.now());
    const answers = await asking();
    const after = await this.lookAfter(Date.now());
    const spent: Record<string, number> = {};
    for (const { pod, container, cpuNanoseconds } of after) {
      const part = this.partOf(pod, container);
      const earlier = before.find((other) => other.pod === pod && other.container === container);
      if (part === undefined || earlier === undefined) continue;
      spent[part] = (spent[part] ?? 0) + (cpuNanoseconds - earlier.cpuNanoseconds) / 1000 / answers;
    }
    return spent;
  }

  /** Of all these containers, when the kubelets have looked at them after that time: they do every ten seconds or so. */
  private lookAfter(time: number): Promise<Usage[]> {
    const nodes = [...new Set(this.pods.map(({ spec }) => spec.nodeName as string))];
    const names = this.pods.map(({ metadata }) => metadata.name);
    return until('the kubelets have looked', 90, async () => {
      const usages = await askKubelets(this.kubectl, nodes, names);
      const parts = usages.filter(({ pod, container }) => this.partOf(pod, container) !== undefined);
      const isLate = parts.length > 0 && parts.every(({ at }) => at >= time);
      return isLate ? parts : new Pending('they have not');
    });
  }
}
