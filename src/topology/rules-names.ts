import { OWN_LABELS } from '../kube/labels.js';
import { LONGEST_TOPOLOGY_NAME } from '../kube/names.js';
import { MAXMEMORY_POLICIES } from '../server/redis-config.js';
import type { NamedProps, Settings } from './settings.js';
import { DNS_SUBDOMAIN, fault, type Violation } from './violation.js';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** Names and labels, as Kubernetes and Sentinel take them. */
export function* nameRules(settings: Settings, props: NamedProps): Generator<Violation> {
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(settings.name) || settings.name.length > LONGEST_TOPOLOGY_NAME) {
    yield fault(
      ['name'],
      `'name' must be at most ${LONGEST_TOPOLOGY_NAME} lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen, as the names of pods and Services are made from it`,
      settings.name,
      'choose such a name',
    );
  }
  if (settings.namespace !== undefined && !isNamespace(settings.namespace)) {
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
  if (!MAXMEMORY_POLICIES.includes(settings.maxmemoryPolicy)) {
    yield fault(
      ['maxmemoryPolicy'],
      `'maxmemoryPolicy' must be one of ${MAXMEMORY_POLICIES.join(', ')}`,
      settings.maxmemoryPolicy,
      "leave it out for the profile's",
    );
  }
  yield* storageClassRules(props);
  for (const [index, namespace] of settings.network.namespaces.entries()) {
    if (!isNamespace(namespace)) {
      yield fault(
        ['network', 'clients', 'namespaces', index],
        "'namespaces' must be names of namespaces, and a pattern is none",
        namespace,
        'name each namespace',
      );
    }
  }
  yield* labelRules(settings);
}

function* storageClassRules(props: NamedProps): Generator<Violation> {
  const classes = [
    { path: ['persistence', 'appendOnly', 'storageClass'], name: props.persistence?.appendOnly?.storageClass },
    { path: ['sentinels', 'separate', 'storageClass'], name: props.sentinels?.separate?.storageClass },
  ];
  for (const { path, name } of classes) {
    if (name !== undefined && !DNS_SUBDOMAIN.test(name)) {
      yield fault(
        path,
        "'storageClass' must be the name of a StorageClass",
        name,
        "leave it out for the cluster's default",
      );
    }
  }
}

function* labelRules(settings: Settings): Generator<Violation> {
  for (const [key, value] of Object.entries(settings.labels)) {
    if (OWN_LABELS.includes(key)) {
      yield fault(
        ['labels', key],
        "'labels' must not hold a label that the selectors are made of",
        key,
        'choose another key',
      );
    } else if (!QUALIFIED_NAME.test(key)) {
      yield fault(
        ['labels', key],
        "'labels' must have keys as Kubernetes takes them: an optional domain and '/', and at most 63 letters, digits, hyphens, dots and underscores",
        key,
        'rename the key',
      );
    } else if (!LABEL_VALUE.test(value)) {
      yield fault(
        ['labels', key],
        "'labels' must have values of at most 63 letters, digits, hyphens, dots and underscores",
        value,
        'shorten it, or make it an annotation',
      );
    }
  }
  for (const key of Object.keys(settings.annotations)) {
    if (!QUALIFIED_NAME.test(key)) {
      yield fault(
        ['annotations', key],
        "'annotations' must have keys as Kubernetes takes them: an optional domain and '/', and at most 63 letters, digits, hyphens, dots and underscores",
        key,
        'rename the key',
      );
    }
  }
}

function isNamespace(name: string): boolean {
  return DNS_LABEL.test(name) && name.length <= 63;
}
