import { COMPONENT } from '../../../kube/labels.js';
import type { KubeObject } from '../../manifests.js';

/** Of a chart: what can be chosen at its installation, by component where it is one's own. */
export interface Values {
  /** Undefined: the objects' names are fixed. */
  readonly name?: string;
  /** What the containers ask for, by component and container. */
  readonly cpu: Tree<{ requests?: string; limits?: string }>;
  /** Volumes, by component. */
  readonly storage: Readonly<Record<string, { size: string; className: string }>>;
}

type Tree<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  image: string;
  readonly resources?: {
    readonly requests?: { cpu?: string };
    readonly limits?: { cpu?: string };
  };
}

interface Claim {
  readonly spec: { storageClassName?: string; readonly resources: { readonly requests: { storage: string } } };
}

/** Components whose pods stay; a Job's template cannot be changed. */
const LASTING = ['server', 'sentinel', 'proxy'];

/**
 * Puts the chart's values where the objects have what they stand for.
 * @param objects are changed
 */
export function useValues(objects: readonly KubeObject[], name: string | undefined): Values {
  const cpu: Record<string, Record<string, { requests?: string; limits?: string }>> = {};
  const storage: Record<string, { size: string; className: string }> = {};
  for (const object of objects) {
    const component = object.metadata.labels?.[COMPONENT] ?? '';
    for (const container of containersOf(object)) {
      container.image = imageFrom(container.image);
      if (LASTING.includes(component)) useCpu(container, component, cpu);
    }
    for (const claim of claimsOf(object)) storage[component] = useStorage(claim, component);
  }
  return { name, cpu, storage };
}

function imageFrom(image: string): string {
  const [, registry, path] = /^([^/]*[.:][^/]*)\/(.*)$/.exec(image) ?? [];
  return registry ? `{{ .Values.imageRegistry | default \`${registry}\` }}/${path}` : image;
}

function useCpu(
  { name, resources }: Container,
  component: string,
  found: Record<string, Record<string, object>>,
): void {
  const given: Record<string, string> = {};
  for (const kind of ['requests', 'limits'] as const) {
    const amounts = resources?.[kind];
    if (amounts?.cpu === undefined) continue;
    given[kind] = amounts.cpu;
    amounts.cpu = `{{ ${place('resources', component, name, kind, 'cpu')} }}`;
  }
  if (Object.keys(given).length > 0) found[component] = { ...found[component], [name]: given };
}

function useStorage({ spec }: Claim, component: string): { size: string; className: string } {
  const { requests } = spec.resources;
  const given = { size: requests.storage, className: spec.storageClassName ?? '' };
  requests.storage = `{{ ${place('storage', component, 'size')} }}`;
  spec.storageClassName = whereGiven(place('storage', component, 'className'));
  return given;
}

/** As Go's templates write it; a hyphen is none of a name's letters there. */
function place(...keys: readonly string[]): string {
  if (keys.every((key) => /^\w+$/.test(key))) return `.Values.${keys.join('.')}`;
  return `index .Values ${keys.map((key) => `\`${key}\``).join(' ')}`;
}

function whereGiven(value: string): string {
  return `{{ with ${value} }}`;
}

/** A line whose value may not be given becomes one that is only there if it is. */
export function withOptionalLines(text: string): string {
  return text.replaceAll(
    /^( *)([\w-]+): .*?(\{\{ with .*? \}\}).*$/gm,
    (_, indent: string, key: string, condition: string) =>
      `${indent}${condition.replace('{{', '{{-')}\n${indent}${key}: {{ . | quote }}\n${indent}{{- end }}`,
  );
}

function containersOf(object: KubeObject): readonly Container[] {
  return podSpecsIn(object).flatMap(({ initContainers = [], containers }) => [...initContainers, ...containers]);
}

/** Of a workload of any kind, however deep its pods' template is. */
function podSpecsIn(value: unknown): PodSpec[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('containers' in value && Array.isArray(value.containers)) return [value as unknown as PodSpec];
  return Object.values(value).flatMap(podSpecsIn);
}

function claimsOf(object: KubeObject): readonly Claim[] {
  const spec = object.spec as { volumeClaimTemplates?: readonly Claim[] } | undefined;
  return object.kind === 'StatefulSet' ? (spec?.volumeClaimTemplates ?? []) : [];
}
