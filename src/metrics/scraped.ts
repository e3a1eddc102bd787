import { EXPORTER } from '../kube/container.js';
import type { Component } from '../kube/labels.js';
import { AGENT_PORT, EXPORTER_PORT, PROXY_STATUS_PORT } from '../kube/ports.js';
import { exporterTarget } from './exporter-container.js';

/** One page of metrics of a pod. */
export interface Endpoint {
  /** What it tells of: the label `endpoint` of all that is read there, so that two pages of one port stay apart. */
  readonly of: string;
  /** As its container names the port. */
  readonly port: string;
  /** Number of the port. */
  readonly number: number;
  /** Of the page with the metrics. */
  readonly path: string;
  /** Of the request. */
  readonly params?: Readonly<Record<string, readonly string[]>>;
}

/** Where the pods of a component are asked for their metrics. */
export interface Scraped {
  /** Whose pods. */
  readonly component: Component;
  /** Their ports and pages. */
  readonly endpoints: readonly Endpoint[];
}

export const AGENT_ENDPOINT: Endpoint = { of: 'agent', port: 'agent', number: AGENT_PORT, path: '/metrics' };

/** HAProxy's own, of the proxies. */
export const OF_PROXIES: Scraped = {
  component: 'proxy',
  endpoints: [{ of: 'haproxy', port: 'status', number: PROXY_STATUS_PORT, path: '/metrics' }],
};

const EXPORTER_ENDPOINT = { port: EXPORTER, number: EXPORTER_PORT };
const OF_SERVER: Endpoint = { ...EXPORTER_ENDPOINT, of: 'redis', path: '/metrics' };
/** Of a Sentinel in a pod of its own. */
const OF_SENTINEL: Endpoint = { ...EXPORTER_ENDPOINT, of: 'sentinel', path: '/metrics' };
/** Of a Sentinel beside a server. */
function besideServer(tls: boolean): Endpoint {
  return {
    ...EXPORTER_ENDPOINT,
    of: 'sentinel',
    path: '/scrape',
    params: { target: [exporterTarget('sentinel', tls)] },
  };
}

export interface MembersProps {
  readonly hasSeparateSentinels: boolean;
  /** Absent: there are no exporters. */
  readonly exporter?: { readonly sentinels: boolean };
  readonly tls: boolean;
}

/** Servers and Sentinels. */
export function scrapedMembers({ hasSeparateSentinels, exporter, tls }: MembersProps): Scraped[] {
  const ofServer = exporter ? [OF_SERVER] : [];
  if (!hasSeparateSentinels) {
    const ofSentinel = exporter?.sentinels ? [besideServer(tls)] : [];
    return [{ component: 'server', endpoints: [AGENT_ENDPOINT, ...ofServer, ...ofSentinel] }];
  }
  const ofSentinel = exporter?.sentinels ? [OF_SENTINEL] : [];
  return [
    { component: 'server', endpoints: [AGENT_ENDPOINT, ...ofServer] },
    { component: 'sentinel', endpoints: [AGENT_ENDPOINT, ...ofSentinel] },
  ];
}
