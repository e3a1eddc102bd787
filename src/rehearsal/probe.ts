import { get } from 'node:http';
import type { Container } from './container.js';
import type { ContainerSpec, ProbeSpec } from './manifest.js';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** A probe as it is asked on this machine: a command in the container, or a question by HTTP. */
export type ProbePlan = { readonly timeoutMs: number } & ({ readonly command: string[] } | { readonly url: string });

/** Where a manifest's commands and ports are on this machine. */
export interface Here {
  readonly address: string;
  command(words: readonly string[]): string[];
}

/** A probe's time limit is 1 s where the manifest says nothing, as in Kubernetes. */
export function planProbe(probe: ProbeSpec | undefined, container: ContainerSpec, here: Here): ProbePlan | undefined {
  const timeoutMs = (probe?.timeoutSeconds ?? 1) * 1000;
  if (probe?.exec) return { timeoutMs, command: here.command(probe.exec.command) };
  if (!probe?.httpGet) return undefined;
  const { path = '/', port } = probe.httpGet;
  return { timeoutMs, url: `http://${here.address}:${numberOf(port, container)}${path}` };
}

/** Whether the probe is content, as the kubelet would find it now. */
export async function isContent(probe: ProbePlan, container: Container): Promise<boolean> {
  if ('command' in probe) return (await container.execute(probe.command, probe.timeoutMs)).code === 0;
  return answersWell(probe.url, probe.timeoutMs);
}

/** Any status from 200 to 399, as for the kubelet; no connection outlives the question. */
function answersWell(url: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      resolve(statusCode >= 200 && statusCode < 400);
    });
    request.on('error', () => resolve(false));
  });
}

function numberOf(port: string | number, { name, ports = [] }: ContainerSpec): number {
  if (typeof port === 'number') return port;
  const found = ports.find((each) => each.name === port);
  if (found) return found.containerPort;
  throw new Error(`a probe of container '${name}' names port '${port}', which the container does not have`);
}
