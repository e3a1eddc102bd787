import { contentHash } from '../../../kube/hash.js';
import { COMPONENT } from '../../../kube/labels.js';
import type { KubeObject, ManifestFile } from '../../manifests.js';
import { MADE_BY } from '../../output.js';
import { encode } from '../../yaml.js';
import { type Form, type FormFile, objectFiles } from '../form.js';
import { templateObjects } from './names.js';
import { notesText } from './notes.js';
import { useValues, withOptionalLines } from './values.js';
import { valuesSchema, valuesText } from './values-files.js';

/**
 * A Helm chart of a topology's objects. With its own values it gives the same objects as the plain form, but for three
 * annotations that Helm needs.
 * @param version of this package, with which the chart's version begins
 */
export function helmForm(split: boolean, version: string): Form {
  return { inFolders: true, place: (topology) => topology, files: (manifest) => chartFiles(manifest, split, version) };
}

function chartFiles(manifest: ManifestFile, split: boolean, version: string): FormFile[] {
  const { name, source } = manifest;
  if (serversOf(manifest.objects).length > 1) {
    throw new Error(
      `${source}: a Helm chart is made of one topology, since its values are; give each a chart of its own`,
    );
  }
  const objects = templateObjects(manifest);
  const values = useValues(objects, manifest.renamed && name);
  const notes = notesText(objects, manifest.renamed ? undefined : name);
  const templates = objects.map((object) => adapted(object, objects, name));
  const encoded = (of: readonly KubeObject[]) => Buffer.from(withOptionalLines(encode(of).toString()));
  const files = [
    text('values.yaml', valuesText(values)),
    text('values.schema.json', `${JSON.stringify(valuesSchema(values), undefined, 2)}\n`),
    text('templates/_helpers.tpl', helpersText(name)),
    text('templates/NOTES.txt', notes),
    ...objectFiles(manifest, `${name}/templates`, split, encoded, templates),
  ];
  const content = contentHash(files.map(({ path, bytes }) => [path, bytes.toString()]));
  return [text('Chart.yaml', chartText(manifest, `${version}+${content}`)), ...files];

  function text(path: string, content: string): FormFile {
    return { path: `${name}/${path}`, bytes: Buffer.from(content) };
  }
}

function chartText({ name, objects }: ManifestFile, version: string): string {
  const engine = engineOf(objects);
  return `# ${MADE_BY}. The version ends in a hash of the chart's content; another one is given by helm package --version.
apiVersion: v2
name: ${name}
description: A topology of ${engine.name} with Sentinel
type: application
version: ${version}
appVersion: "${engine.version ?? version}"
kubeVersion: ">=1.29.0-0"
`;
}

/** By the image of the first server. */
function engineOf(objects: readonly KubeObject[]): { name: string; version?: string } {
  const [, name, version] = /"[^"]*\b(redis|valkey)[^":]*:v?(\d[\w.]*)/.exec(imagesOf(objects)) ?? [];
  return { name: name === 'valkey' ? 'Valkey' : 'Redis', version };
}

function imagesOf(objects: readonly KubeObject[]): string {
  const servers = objects.filter(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.labels?.[COMPONENT] === 'server',
  );
  return (JSON.stringify(servers).match(/"image":"[^"]*"/g) ?? []).join('\n');
}

function serversOf(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter(({ kind, metadata }) => kind === 'StatefulSet' && metadata.labels?.[COMPONENT] === 'server');
}

function helpersText(chart: string): string {
  return `{{- /* ${MADE_BY}. A Job's template cannot be changed, so with other values it is another Job. */ -}}
{{- define "${chart}.values" -}}
{{- with .Values.imageRegistry }}-{{ . | sha256sum | trunc 8 }}{{ end -}}
{{- end -}}
`;
}

/** What an object needs beside its values so that Helm treats it right. */
function adapted(object: KubeObject, all: readonly KubeObject[], chart: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Job' && metadata.labels?.[COMPONENT] === 'verification') {
    return annotated(object, { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': 'before-hook-creation' });
  }
  if (kind === 'Job') {
    return { ...object, metadata: { ...metadata, name: `${metadata.name}{{ include \`${chart}.values\` . }}` } };
  }
  // A pod of the old revision that is made anew in the middle of an upgrade still needs the old one.
  return kind === 'ConfigMap' && object.immutable === true && isMounted(metadata.name, all)
    ? annotated(object, { 'helm.sh/resource-policy': 'keep' })
    : object;
}

function isMounted(configMap: string, objects: readonly KubeObject[]): boolean {
  const workloads = objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
  return JSON.stringify(workloads).includes(JSON.stringify(configMap));
}

function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}
