import { OWN_LABELS } from '../../kube/labels.js';
import { LONGEST_TOPOLOGY_NAME } from '../../kube/names.js';
import type { EntriesOf } from '../../words/mappings.js';
import { entry } from '../../words/value-kind.js';
import { text, textsByName } from '../../words/values.js';
import { DNS_SUBDOMAIN, fault, isDnsLabel, LABEL_VALUE, QUALIFIED_NAME, type Violation } from '../violation.js';

/** The props about names. */
export interface NamingProps {
  /**
   * Name of the topology; every object's name begins with it. A renamed topology is a new one, with empty volumes.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Namespace of the objects; it is not made.
   * @default - the chart's namespace, else the one that the manifests are applied to
   */
  readonly namespace?: string;
  /**
   * Name under which clients ask a Sentinel for the master.
   * @default mymaster
   */
  readonly masterName?: string;
  /**
   * The cluster's DNS domain.
   * @default cluster.local
   */
  readonly clusterDomain?: string;
  /** Further labels on every object and pod. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further annotations on every object. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NamingSettings {
  /** Of the topology. */
  readonly name: string;
  /** Of the objects. Absent: the one that they are applied to. */
  readonly namespace?: string;
  /** Under which clients ask for the master. */
  readonly masterName: string;
  /** The cluster's DNS domain. */
  readonly clusterDomain: string;
  /** Further labels of every object and pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** Further annotations of every object. */
  readonly annotations: Readonly<Record<string, string>>;
}

export const namingWords: EntriesOf<NamingProps> = {
  name: entry(
    text('cache'),
    'begins the name of every object; another name is another topology, with empty volumes',
    "the file's name",
  ),
  namespace: entry(text('caches'), 'namespace of the objects; it is not made', 'the one that they are applied to'),
  masterName: entry(text('mymaster'), 'the name that clients ask a Sentinel for', 'mymaster'),
  clusterDomain: entry(text('cluster.local'), "the cluster's DNS domain", 'cluster.local'),
  labels: entry(textsByName('{ team: shop }'), 'further labels of every object and pod', 'none'),
  annotations: entry(textsByName('{ contact: shop@example.com }'), 'further annotations of every object', 'none'),
};

export function resolveNaming(props: NamingProps & { readonly name: string }): NamingSettings {
  return {
    name: props.name,
    namespace: props.namespace,
    masterName: props.masterName ?? 'mymaster',
    clusterDomain: props.clusterDomain ?? 'cluster.local',
    labels: { ...props.labels },
    annotations: { ...props.annotations },
  };
}

/** Names and labels, as Kubernetes and Sentinel take them. */
export function* namingRules(settings: NamingSettings): Generator<Violation> {
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(settings.name) || settings.name.length > LONGEST_TOPOLOGY_NAME) {
    yield fault(
      ['name'],
      `'name' must be at most ${LONGEST_TOPOLOGY_NAME} lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen, as the names of pods and Services are made from it`,
      settings.name,
      'choose such a name',
    );
  }
  if (settings.namespace !== undefined && !isDnsLabel(settings.namespace)) {
    yield fault(
      ['namespace'],
      "'namespace' must be at most 63 lower-case letters, digits and hyphens, as Kubernetes demands",
      settings.namespace,
      'name an existing namespace, or leave it out',
    );
  }
  if (!/^[A-Za-z0-9._-]+$/.test(settings.masterName)) {
    yield fault(
      ['masterName'],
      "'masterName' must be letters, digits, dots, hyphens and underscores, as Sentinel's configuration demands",
      settings.masterName,
      'leave it out for mymaster',
    );
  }
  if (!DNS_SUBDOMAIN.test(settings.clusterDomain)) {
    yield fault(
      ['clusterDomain'],
      "'clusterDomain' must be a DNS domain without a dot at its end",
      settings.clusterDomain,
      'leave it out for cluster.local',
    );
  }
  yield* labelRules(['labels'], settings.labels);
  yield* annotationRules(['annotations'], settings.annotations);
}

/** @param path of the prop that holds them */
export function* labelRules(path: readonly string[], labels: Readonly<Record<string, string>>): Generator<Violation> {
  const prop = path.join('.');
  for (const [key, value] of Object.entries(labels)) {
    if (OWN_LABELS.includes(key)) {
      yield fault(
        [...path, key],
        `'${prop}' must not hold a label that the selectors are made of`,
        key,
        'choose another key',
      );
    } else if (!QUALIFIED_NAME.test(key)) {
      yield badKey(path, key);
    } else if (!LABEL_VALUE.test(value)) {
      yield fault(
        [...path, key],
        `'${prop}' must have values of at most 63 letters, digits, hyphens, dots and underscores`,
        value,
        'shorten it, or make it an annotation',
      );
    }
  }
}

export function* annotationRules(
  path: readonly string[],
  annotations: Readonly<Record<string, string>>,
): Generator<Violation> {
  for (const key of Object.keys(annotations)) if (!QUALIFIED_NAME.test(key)) yield badKey(path, key);
}

function badKey(path: readonly string[], key: string): Violation {
  return fault(
    [...path, key],
    `'${path.join('.')}' must have keys as Kubernetes takes them: an optional domain and '/', and at most 63 letters, digits, hyphens, dots and underscores`,
    key,
    'rename the key',
  );
}
