import type { ContainerSpec, EnvVar, PodPlan, RehearsedManifest } from './manifest.js';

/** What a pod's environment is resolved with. */
export interface PodContext {
  readonly plan: PodPlan;
  readonly manifest: RehearsedManifest;
  /** The pod's own loopback address. */
  readonly address: string;
  /** The loopback address of any pod, by its name. */
  addressOf(pod: string): string;
  /** What stands in the environment for the name of a Service that leads to that pod. */
  hostOf(pod: string): string;
  /** Variables that the rehearsal sets against the manifest, e.g. the engine when another stands in. */
  readonly overrides: Record<string, string>;
}

/** A Service's full name in the cluster: `<service>.<namespace>.svc.<cluster domain>`, with or without the last dot. */
const SERVICE_NAME = /([a-z0-9-]+)\.[a-z0-9-]+\.svc(?:\.[a-z0-9-]+)+\.?/g;
/** The same without its namespace, known by the port behind it. */
const SHORT_NAME = /(?<![\w.-])[a-z][a-z0-9-]*(?=:\d)/g;

/**
 * A container's environment: what the manifest says, with this machine's addresses and folders in it.
 *
 * Names of Services become loopback addresses; `BIND` and `LOCAL` become the pod's own address, since pods that share
 * one network must not all listen on every address. Nothing of the caller's environment gets in.
 */
export function environmentOf(
  container: ContainerSpec,
  context: PodContext,
  mapPaths: (text: string) => string,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    environment[variable.name] = expand(valueOfVariable(variable, container, context), environment);
  }
  const mapped = Object.entries(environment).map(([name, value]) => [name, mapPaths(toAddresses(value, context))]);
  const own = { BIND: context.address, LOCAL: context.address, ...context.overrides };
  const present = Object.entries(own).filter(([name]) => name in environment);
  return { ...Object.fromEntries(mapped), ...Object.fromEntries(present) };
}

function valueOfVariable(variable: EnvVar, container: ContainerSpec, { plan, manifest, address }: PodContext): string {
  if (!variable.valueFrom) return variable.value ?? '';
  const fields: Record<string, string> = {
    'metadata.name': plan.name,
    'metadata.namespace': manifest.namespace,
    'status.podIP': address,
  };
  const field = variable.valueFrom.fieldRef?.fieldPath ?? '';
  const value = fields[field];
  if (value !== undefined) return value;
  throw new Error(
    `'${variable.name}' of container '${container.name}' in pod '${plan.name}' comes from where a rehearsal cannot ` +
      `look (${JSON.stringify(variable.valueFrom)}); it knows a fieldRef to ${Object.keys(fields).join(', ')}`,
  );
}

/** Kubernetes' own rule: `$(NAME)` is replaced when NAME stands earlier in the list, and left alone otherwise. */
function expand(value: string, earlier: Record<string, string>): string {
  return value.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, name: string) => earlier[name] ?? whole);
}

/** A Service that stands for several pods becomes the first pod's address: one of those it could have led to. */
function toAddresses(value: string, { manifest, hostOf }: PodContext): string {
  const named = value.replace(SERVICE_NAME, (name, service: string) => {
    const [pod] = manifest.podsBehind(service);
    if (pod) return hostOf(pod.name);
    throw new Error(`'${name}' names a Service '${service}' that leads to no pod of the manifest`);
  });
  return named.replace(SHORT_NAME, (name) => {
    const [pod] = manifest.podsBehind(name);
    return pod ? hostOf(pod.name) : name;
  });
}
