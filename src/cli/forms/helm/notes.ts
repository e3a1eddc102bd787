import type { KubeObject } from '../../manifests.js';
import { MADE_BY } from '../../output.js';
import { NAME } from './names.js';

/**
 * What Helm says after an installation: how the topology is reached, and how it is verified.
 * @param objects as templates. @param name where it is fixed
 */
export function notesText(objects: readonly KubeObject[], name = NAME): string {
  const hasTest = objects.some(({ kind, metadata }) => kind === 'Job' && /-verify-/.test(metadata.name));
  return [
    `{{- /* ${MADE_BY}. */ -}}`,
    `The topology ${name} is being started in the namespace {{ .Release.Namespace }}.`,
    ...clientLines(objects),
    ...(hasTest ? ['', 'Once its pods are ready, this verifies it, and shows the report:', ...verifyLines(name)] : []),
    '',
  ].join('\n');
}

/** `helm test --logs` finds no logs: it takes a hook for a pod of that very name, and this one is a Job. */
function verifyLines(name: string): string[] {
  const labels = `app.kubernetes.io/instance=${name},app.kubernetes.io/component=verification`;
  return [
    '  helm test {{ .Release.Name }} --namespace {{ .Release.Namespace }}',
    `  kubectl logs --namespace {{ .Release.Namespace }} --tail=-1 -l ${labels}`,
  ];
}

/** By the ConfigMap that says the same to applications. */
function clientLines(objects: readonly KubeObject[]): string[] {
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('-client'));
  const data = config?.data as Readonly<Record<string, string>> | undefined;
  if (!data) return [];
  const { REDIS_SENTINEL_SERVICE, REDIS_MASTER_NAME, REDIS_SECRET, REDIS_SECRET_KEY, REDIS_CLIENT_LABEL } = data;
  return [
    '',
    'A client asks the Sentinels for the master:',
    `  Sentinels   ${REDIS_SENTINEL_SERVICE}`,
    `  master      ${REDIS_MASTER_NAME}`,
    ...(REDIS_SECRET ? [`  password    key ${REDIS_SECRET_KEY} of the Secret ${REDIS_SECRET}`] : []),
    ...(REDIS_CLIENT_LABEL ? [`  pod label   ${REDIS_CLIENT_LABEL}`] : []),
  ];
}
