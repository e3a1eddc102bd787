import { contentHash } from '../../kube/hash.js';
import { selectorOf, type Watched } from '../watched.js';
import { DATASOURCE, type Panel, type Row } from './panel.js';
import { serverRows } from './server-rows.js';
import { topologyRows } from './topology-rows.js';

/** The schema of Grafana 9 and newer. */
const SCHEMA = 36;
const COLUMNS = 24;
const TITLE_HEIGHT = 1;

/**
 * Grafana's dashboard of one topology.
 * @param hasAlerts whether the topology's own rules are there
 */
export function dashboard(watched: Watched, hasAlerts: boolean): object {
  const { topology, namespace } = watched;
  const place = namespace === undefined ? topology : `${namespace}/${topology}`;
  return {
    uid: `redis-sentinel-${contentHash(place)}`,
    title: `Redis ${place}`,
    tags: ['redis-sentinel'],
    schemaVersion: SCHEMA,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [DATASOURCE_CHOICE, ...(namespace === undefined ? [namespaceChoice(watched)] : [])] },
    panels: placed(dashboardRows(watched, hasAlerts)),
  };
}

/** Where the namespace is not known it is chosen by whoever looks. */
export function dashboardRows(watched: Watched, hasAlerts: boolean): Row[] {
  const chosen = watched.namespace === undefined ? { ...watched, namespace: '$namespace' } : watched;
  return [...topologyRows(chosen, hasAlerts), ...serverRows(chosen)];
}

const DATASOURCE_CHOICE = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };

function namespaceChoice(watched: Watched) {
  const query = `label_values(redis_sentinel_agent_build_info${selectorOf(watched)}, namespace)`;
  return { name: 'namespace', type: 'query', datasource: DATASOURCE, query, refresh: 2, sort: 1 };
}

/** Each panel at its place: from left to right, and on as soon as a row is full. */
function placed(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let id = 0;
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    id++;
    panels.push({
      id,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: TITLE_HEIGHT },
    });
    y += TITLE_HEIGHT;
    let x = 0;
    let height = 0;
    for (const panel of inRow) {
      if (x + panel.width > COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      id++;
      panels.push(placedAt(panel, id, x, y));
      x += panel.width;
      height = Math.max(height, panel.height);
    }
    y += height;
  }
  return panels;
}

function placedAt({ width, height, queries, body }: Panel, id: number, x: number, y: number): object {
  const isTable = body.type === 'table';
  const targets = queries.map(({ expr, legend }, place) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + place),
    datasource: DATASOURCE,
    expr,
    ...(legend !== undefined && { legendFormat: legend }),
    ...(isTable && { instant: true, format: 'table' }),
  }));
  return { id, ...body, datasource: DATASOURCE, gridPos: { x, y, w: width, h: height }, targets };
}
