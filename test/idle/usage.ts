import type { Kubectl } from '../cluster/support/kubectl.js';

/** What a container has used of a processor since it started, and what it holds of memory, at one moment. */
export interface Usage {
  readonly pod: string;
  readonly container: string;
  /** ms since 1970: when the kubelet looked, which it does every ten seconds or so. */
  readonly at: number;
  readonly cpuNanoseconds: number;
  readonly workingSetBytes: number;
}

/** The part of a kubelet's summary that is read here. */
export interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly cpu?: { readonly time: string; readonly usageCoreNanoSeconds?: number };
      readonly memory?: { readonly workingSetBytes?: number };
    }[];
  }[];
}

/** Of all containers of these pods. One that its kubelet has not looked at yet is not among them. */
export function usagesOf(summaries: readonly Summary[], namespace: string, pods: ReadonlySet<string>): Usage[] {
  const found: Usage[] = [];
  for (const { podRef, containers = [] } of summaries.flatMap((summary) => summary.pods)) {
    if (podRef.namespace !== namespace || !pods.has(podRef.name)) continue;
    for (const { name, cpu, memory } of containers) {
      if (cpu?.usageCoreNanoSeconds === undefined || memory?.workingSetBytes === undefined) continue;
      found.push({
        pod: podRef.name,
        container: name,
        at: Date.parse(cpu.time),
        cpuNanoseconds: cpu.usageCoreNanoSeconds,
        workingSetBytes: memory.workingSetBytes,
      });
    }
  }
  return found;
}

/** Asks the kubelets of these nodes, through the API: it needs no metrics server, and no power over the nodes. */
export async function askKubelets(
  kubectl: Kubectl,
  nodes: readonly string[],
  pods: readonly string[],
): Promise<Usage[]> {
  const summaries = await Promise.all(
    nodes.map(async (node) => {
      const path = `/api/v1/nodes/${node}/proxy/stats/summary`;
      return JSON.parse(await kubectl.run(['get', '--raw', path])) as Summary;
    }),
  );
  return usagesOf(summaries, kubectl.namespace, new Set(pods));
}

/** What a container costs while nobody asks anything of it. */
export interface Cost {
  readonly pod: string;
  readonly container: string;
  /** Thousandths of a processor, on average. */
  readonly millicores: number;
  readonly workingSetBytes: number;
  /** The time that was measured, ms. */
  readonly ms: number;
}

/** @throws where a container was not looked at twice, or has started anew in between: it would cost nothing */
export function costs(before: readonly Usage[], after: readonly Usage[]): Cost[] {
  return after.map(({ pod, container, at, cpuNanoseconds, workingSetBytes }) => {
    const earlier = before.find((other) => other.pod === pod && other.container === container);
    const ms = at - (earlier?.at ?? at);
    const used = cpuNanoseconds - (earlier?.cpuNanoseconds ?? 0);
    if (!earlier || ms <= 0 || used < 0) {
      throw new Error(
        `${pod}, ${container}: its kubelet must look at it twice while it runs, in a time in which it did not`,
      );
    }
    return { pod, container, millicores: used / 1e6 / (ms / 1000), workingSetBytes, ms };
  });
}
