import { Construct } from 'constructs';
import type { Labels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { alertGroups } from './rules/alerts.js';
import type { Watched } from './watched.js';

export interface RuleChoices {
  /** Of the PrometheusRule alone. @default - none */
  readonly labels?: Labels;
  /** URL of the page of runbooks. @default - its place in this package */
  readonly runbooks?: string;
}

export interface AlertRulesProps extends PartProps {
  readonly rules: RuleChoices;
  readonly watched: Watched;
}

/** A PrometheusRule with the topology's alerts: they tell of this topology alone, wherever their metrics are gathered. */
export class AlertRules extends Construct {
  constructor(scope: Construct, id: string, props: AlertRulesProps) {
    super(scope, id);
    const { topology, labels, rules, watched } = props;
    const own = metadata({ ...props, labels: { ...labels, ...rules.labels } }, new Names(topology).alerts);
    addObject(this, 'Resource', 'PrometheusRule', own, { spec: { groups: alertGroups(watched, rules.runbooks) } });
  }
}
