import { type Form, type Format, PLAIN, PLAIN_SPLIT } from './form.js';
import { helmForm } from './helm/chart.js';
import { kustomizeForm } from './kustomize.js';

/** @param version of this package */
export function formOf(format: Format, split: boolean, version: string): Form {
  if (format === 'kustomize') return kustomizeForm(split);
  if (format === 'helm') return helmForm(split, version);
  return split ? PLAIN_SPLIT : PLAIN;
}
