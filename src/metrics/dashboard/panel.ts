/** Of Grafana's, so far as this project uses them. @see https://grafana.com/docs/grafana/latest/reference/units/ */
export type Unit = 'none' | 'short' | 's' | 'bytes' | 'Bps' | 'ops' | 'percentunit' | 'dateTimeFromNow' | 'reqps';

export interface Query {
  readonly expr: string;
  /** `{{pod}}` stands for a label. @default - Grafana's own: all labels */
  readonly legend?: string;
}

/** Colours of values: the first for all below the first bound. */
export type Steps = readonly (readonly [from: number | null, color: 'green' | 'orange' | 'red' | 'blue'])[];

export interface PanelProps {
  readonly title: string;
  readonly description?: string;
  readonly queries: readonly Query[];
  /** @default short */
  readonly unit?: Unit;
  /** In columns; a row has 24. */
  readonly width: number;
}

export interface StatProps extends PanelProps {
  /** Whether the name of the series is shown in the value's place. */
  readonly showsName?: boolean;
  /** @default - one colour */
  readonly steps?: Steps;
  /** What is shown where there is no value. @default - */
  readonly none?: string;
}

/** A panel but for its place. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What the dashboard's data comes from; whoever looks chooses it. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

const STAT_HEIGHT = 4;
const GRAPH_HEIGHT = 8;

/** One value, or one for each series. */
export function stat({ showsName = false, steps, none = '-', unit = 'short', ...props }: StatProps): Panel {
  return {
    width: props.width,
    height: STAT_HEIGHT,
    queries: props.queries,
    body: {
      type: 'stat',
      ...titles(props),
      options: {
        reduceOptions: { calcs: ['lastNotNull'] },
        textMode: showsName ? 'name' : 'value',
        colorMode: steps ? 'background' : 'value',
        graphMode: 'none',
      },
      fieldConfig: { defaults: { unit, noValue: none, ...thresholds(steps) }, overrides: [] },
    },
  };
}

/** Lines over time. */
export function graph({ unit = 'short', ...props }: PanelProps): Panel {
  return {
    width: props.width,
    height: GRAPH_HEIGHT,
    queries: props.queries,
    body: {
      type: 'timeseries',
      ...titles(props),
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
      fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never' } }, overrides: [] },
    },
  };
}

/** What each series was, over time, in colours and words. */
export function states(props: PanelProps & { readonly words: Readonly<Record<number, string>> }): Panel {
  const options = Object.fromEntries(
    Object.entries(props.words).map(([value, text], index) => [value, { text, index }]),
  );
  return {
    width: props.width,
    height: GRAPH_HEIGHT,
    queries: props.queries,
    body: {
      type: 'state-timeline',
      ...titles(props),
      options: { mergeValues: true, showValue: 'auto', legend: { displayMode: 'list', placement: 'bottom' } },
      fieldConfig: { defaults: { mappings: [{ type: 'value', options }] }, overrides: [] },
    },
  };
}

/** Series as they are now, one a line, with these labels as columns. */
export function table(
  props: PanelProps & { readonly columns: Readonly<Record<string, string>>; readonly value: string },
): Panel {
  const { columns, value, unit = 'short' } = props;
  const hidden = Object.fromEntries(HIDDEN.map((label) => [label, true]));
  return {
    width: props.width,
    height: GRAPH_HEIGHT,
    queries: props.queries,
    body: {
      type: 'table',
      ...titles(props),
      transformations: [
        { id: 'organize', options: { excludeByName: hidden, renameByName: { ...columns, Value: value } } },
      ],
      fieldConfig: {
        defaults: { noValue: 'nothing' },
        overrides: [{ matcher: { id: 'byName', options: value }, properties: [{ id: 'unit', value: unit }] }],
      },
    },
  };
}

/** Labels that a table does not show: those that are the same in each line. */
const HIDDEN = ['Time', '__name__', 'namespace', 'topology', 'endpoint', 'container', 'job', 'instance', 'alertstate'];

function titles({ title, description }: PanelProps) {
  return { title, ...(description !== undefined && { description }) };
}

function thresholds(steps: Steps | undefined) {
  if (!steps) return {};
  return { thresholds: { mode: 'absolute', steps: steps.map(([value, color]) => ({ value, color })) } };
}
