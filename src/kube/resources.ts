import type { Size } from 'cdk8s';

/** What a container reserves and may take; the defaults filled in. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: Size };
  readonly limits: { readonly cpu?: string; readonly memory: Size };
}

/** As it stands in a manifest. */
export interface ResourcesSpec {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu?: string; readonly memory: string };
}

export function resourcesSpec({ requests, limits }: ContainerResources): ResourcesSpec {
  return {
    requests: { cpu: requests.cpu, memory: requests.memory.asString() },
    limits: { cpu: limits.cpu, memory: limits.memory.asString() },
  };
}
