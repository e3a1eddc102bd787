import { ALERT_PREFIX, type Alert } from '../metrics/rules/alert.js';
import { alertGroups } from '../metrics/rules/alerts.js';
import type { Watched } from '../metrics/watched.js';

const MARKED = /<!-- alerts -->[\s\S]*?<!-- end -->/;

/** A topology of which there are all alerts, with the usual times. */
const EVERYTHING: Watched = {
  topology: 'production',
  servers: 3,
  sentinels: 3,
  pods: 3,
  minReplicasToWrite: 1,
  downAfter: 3,
  fence: true,
  hasVolumes: true,
  appendOnly: true,
  snapshots: true,
  evicts: false,
  backlog: 64 * 2 ** 20,
  exporter: true,
  tls: true,
  masterProxies: true,
  interval: 30,
};

const SOURCES: Readonly<Record<string, string>> = { agents: 'agents', servers: 'exporter', proxies: 'HAProxy' };

/** The page about metrics with the table of alerts as they are. */
export function withAlertTable(page: string): string {
  if (!MARKED.test(page)) throw new Error('the page has no marks <!-- alerts --> and <!-- end -->');
  const rows = alertGroups(EVERYTHING).flatMap(({ name, rules }) =>
    rules.map((alert) => rowOf(alert, SOURCES[name.split('.').at(-1) ?? ''] ?? '')),
  );
  const table = ['| alert | severity | after | tells | from |', '|---|---|---|---|---|', ...rows].join('\n');
  return page.replace(MARKED, () => `<!-- alerts -->\n\n${table}\n\n<!-- end -->`);
}

function rowOf({ alert, labels, annotations, for: lasting }: Alert, source: string): string {
  const link = `[\`${alert.slice(ALERT_PREFIX.length)}\`](runbooks.md#${alert.toLowerCase()})`;
  return `| ${[link, labels.severity, lasting ?? 'at once', told(annotations.description ?? ''), source].join(' | ')} |`;
}

/** Its first sentence; what a template fills in is left out. */
function told(description: string): string {
  const [sentence = ''] = description.split(/(?<=\.) /);
  return sentence.replace(/: \{\{.*$/, ', and for what').replace(/\.$/, '');
}
