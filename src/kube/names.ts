import type { Component } from './labels.js';

/**
 * Longest name of a topology. The label `controller-revision-hash` on the pods is the StatefulSet's name with a hash of
 * 10 characters behind it, in at most 63: `<40>-sentinel-<10>` is 60.
 */
export const LONGEST_TOPOLOGY_NAME = 40;

/**
 * The names of a topology's objects. They are a contract: a renamed StatefulSet orphans its volumes, and a renamed
 * Service gets another address, which the servers' peers do not know.
 */
export class Names {
  constructor(readonly topology: string) {}

  get serviceAccount(): string {
    return this.topology;
  }

  /** An immutable ConfigMap, named after its content. */
  config(hash: string): string {
    return `${this.topology}-config-${hash}`;
  }

  /** The Secret with the password, where it is not one of another name. */
  get secret(): string {
    return `${this.topology}-auth`;
  }

  /** The Secret with the certificate, where it is not one of another name, and what it is made from. */
  get tls(): string {
    return `${this.topology}-tls`;
  }

  /** Job that creates the Secret, and the ConfigMap with its program: each named after its content. */
  secretJob(hash: string): string {
    return `${this.secret}-${hash}`;
  }

  /** StatefulSet and PodDisruptionBudget of the servers. */
  get servers(): string {
    return this.topology;
  }

  /** Pod of a server, and the Service in front of it. */
  server(ordinal: number): string {
    return `${this.servers}-${ordinal}`;
  }

  get serversHeadless(): string {
    return `${this.servers}-headless`;
  }

  /** ConfigMap with what a client must know. */
  get client(): string {
    return `${this.topology}-client`;
  }

  /** What tells Prometheus of a component's pods: a monitor, and the Service that one of its kinds goes by. */
  metrics(component: Component): string {
    return component === 'server' ? `${this.topology}-metrics` : `${this.topology}-${component}-metrics`;
  }

  /** PrometheusRule. */
  get alerts(): string {
    return `${this.topology}-alerts`;
  }

  /** ConfigMap with Grafana's dashboard. */
  get dashboard(): string {
    return `${this.topology}-dashboard`;
  }

  /** Of servers and Sentinels. */
  get networkPolicy(): string {
    return this.topology;
  }

  /** NetworkPolicy of the verification's Job. */
  get verification(): string {
    return `${this.topology}-verify`;
  }

  /** Service in front of all Sentinels; also StatefulSet and PodDisruptionBudget of separate ones. */
  get sentinels(): string {
    return `${this.topology}-sentinel`;
  }

  /** Pod of a separate Sentinel, and the Service in front of it. */
  sentinel(ordinal: number): string {
    return `${this.sentinels}-${ordinal}`;
  }

  get sentinelsHeadless(): string {
    return `${this.sentinels}-headless`;
  }

  /** Deployment, PodDisruptionBudget and NetworkPolicy of the proxies. */
  get proxies(): string {
    return `${this.topology}-proxy`;
  }

  /** The proxies' configuration: an immutable ConfigMap, named after its content. */
  proxyConfig(hash: string): string {
    return `${this.proxies}-${hash}`;
  }

  /** Service that leads to the master. */
  get master(): string {
    return `${this.topology}-master`;
  }

  /** Service that leads to replicas. */
  get read(): string {
    return `${this.topology}-read`;
  }
}
