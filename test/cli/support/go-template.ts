/**
 * As much of Helm's templates as a chart of ours uses, for machines without Helm: values, `default`, `quote`, raw texts,
 * `with` over whole lines, and a named template that is empty unless a registry is given.
 */
export function rendered(template: string, chart: Chart): string {
  return withBlocks(template, chart).replaceAll(/\{\{ ((?:`[^`]*`|[^`}])*) \}\}/g, (_, expression: string) =>
    evaluated(expression, chart),
  );
}

export interface Chart {
  readonly values: Readonly<Record<string, unknown>>;
  readonly namespace: string;
  readonly jobSuffix: string;
}

function withBlocks(template: string, chart: Chart): string {
  const block = /^ *\{\{- with (.*?) \}\}\n(.*)\{\{ \. \| quote \}\}\n *\{\{- end \}\}\n/gm;
  return template.replaceAll(block, (_, condition: string, before: string) => {
    const value = evaluated(condition, chart);
    return value === '' ? '' : `${before}${JSON.stringify(value)}\n`;
  });
}

function evaluated(expression: string, chart: Chart): string {
  const raw = /^`(.*)`$/.exec(expression);
  if (raw) return raw[1] ?? '';
  if (/^include `[\w.-]+` \.$/.test(expression)) return chart.jobSuffix;
  if (expression === '.Release.Namespace') return chart.namespace;
  const [, path = '', standard] = /^(.*?)(?: \| default `(.*)`)?$/.exec(expression) ?? [];
  const value = valueAt(keysOf(path), chart.values);
  return standard !== undefined && value === '' ? standard : String(value);
}

function keysOf(path: string): string[] {
  if (path.startsWith('.Values.')) return path.split('.').slice(2);
  if (path.startsWith('index .Values ')) return [...path.matchAll(/`([^`]*)`/g)].map(([, key = '']) => key);
  throw new Error(`the template has an expression that is not known here: ${path}`);
}

function valueAt(keys: readonly string[], values: unknown): unknown {
  let value = values;
  for (const key of keys) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined) throw new Error(`there is no value ${keys.join('.')}`);
  return value;
}
