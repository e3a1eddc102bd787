import type { Watched } from '../watched.js';
import { agentAlerts } from './agent-alerts.js';
import { type AlertGroup, type AlertProps, alert } from './alert.js';
import { proxyAlerts, serverAlerts } from './server-alerts.js';

/**
 * The alerts of a topology, by whose metrics they come from: those are left out whose metrics nobody tells.
 * @param runbooks URL of the page of runbooks. @default - its place in this package
 */
export function alertGroups(watched: Watched, runbooks?: string): AlertGroup[] {
  const groups: readonly (readonly [string, AlertProps[]])[] = [
    ['agents', agentAlerts(watched)],
    ['servers', serverAlerts(watched)],
    ['proxies', proxyAlerts(watched)],
  ];
  return groups
    .filter(([, alerts]) => alerts.length > 0)
    .map(([of, alerts]) => ({
      name: `redis-sentinel.${watched.topology}.${of}`,
      rules: alerts.map((props) => alert(props, runbooks)),
    }));
}
