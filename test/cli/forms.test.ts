import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import application from '../../charts/application.js';
import { FORMATS, type Form, type Format } from '../../src/cli/forms/form.js';
import { formOf } from '../../src/cli/forms/index.js';
import { chartManifest, type KubeObject, type ManifestFile, topologyManifest } from '../../src/cli/manifests.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { EVERY_PROP, TOPOLOGIES } from '../manifests/topologies.js';
import { rendered } from './support/go-template.js';

const ROOT = join(import.meta.dirname, '../..');

const topology = (file: string, text: string) => topologyManifest(parseTopology(file, text));
const ofCharts = (name: string) => topology(`${name}.yaml`, readFileSync(join(ROOT, `charts/${name}.yaml`), 'utf8'));

const TOPOLOGY_FILES = readdirSync(join(ROOT, 'charts')).filter((file) => file.endsWith('.yaml'));

/** Of every kind of object, and with all that a value can stand for. */
const MANIFESTS: readonly ManifestFile[] = [
  ...TOPOLOGY_FILES.map((file) => ofCharts(file.replace(/\.yaml$/, ''))),
  topology(
    'shop-deadbeef.yaml',
    `namespace: caches
registry: registry.example.com:5000
sentinels: { separate: { count: 3, size: 100Mi, storageClass: slow } }
persistence: { appendOnly: { size: 8Gi, storageClass: fast } }
resources: { redis: { cpu: 500m, limits: { cpu: "2" } } }
access: { master: true }
auth: { generated: {} }
metrics: { exporter: { sentinels: true } }
verification: true
`,
  ),
  topologyManifest({ name: 'every', file: 'every.yaml', props: EVERY_PROP }),
  chartManifest('charts/application.ts', application),
];
const NAMED = MANIFESTS.map((manifest) => ({ name: manifest.name, manifest }));

interface Files {
  readonly [path: string]: string;
}

function filesOf(form: Form, manifest: ManifestFile): Files {
  return Object.fromEntries(form.files(manifest).map(({ path, bytes }) => [path, bytes.toString()]));
}

const objectsIn = (text: string): KubeObject[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);

/** In an order that no form disturbs. */
const sorted = (objects: readonly KubeObject[]) =>
  objects.map((object) => JSON.parse(JSON.stringify(object)) as KubeObject).sort((a, b) => (key(a) < key(b) ? -1 : 1));
const key = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace} ${metadata.name}`;

/** Without what only a chart has. */
function withoutHelm(objects: readonly KubeObject[]): KubeObject[] {
  return objects.map((object) => {
    const { annotations = {}, ...metadata } = object.metadata;
    const others = Object.entries(annotations).filter(([name]) => !name.startsWith('helm.sh/'));
    const kept = others.length > 0 ? { annotations: Object.fromEntries(others) } : {};
    return { ...object, metadata: { ...metadata, ...kept } };
  });
}

/** What the chart's templates give with its own values, and others over them. */
function chartObjects(
  files: Files,
  name: string,
  changes: object = {},
  namespace = 'caches',
  jobSuffix = '',
): KubeObject[] {
  const values = { ...parse(files[`${name}/values.yaml`] ?? ''), ...changes };
  const templates = Object.entries(files).filter(([path]) => /templates\/.*\.yaml$/.test(path));
  return templates.flatMap(([, text]) => objectsIn(rendered(text, { values, namespace, jobSuffix })));
}

/** Written to a folder that is gone after the test. */
function written(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-forms-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function command(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, stdout, stderr };
}

const KUBECTL = process.env.KUBECTL ?? 'kubectl';
const hasKustomize = command(KUBECTL, 'kustomize', '--help').status === 0;
const hasHelm = command('helm', 'version').status === 0;

describe.each(NAMED)('$name', ({ name, manifest }) => {
  const plain = sorted(manifest.objects);

  it.each(FORMATS)('as %s, a file for each object has the same objects as one file', (format: Format) => {
    const [whole, split] = [false, true].map((each) => filesOf(formOf(format, each, '1.2.3'), manifest));
    const objects = (files: Files = {}) =>
      Object.keys(files)
        .filter((path) => !/(kustomization|fixed|values|Chart)\.yaml$|\.(json|txt|tpl)$/.test(path))
        .map((path) => {
          // Braces of an alert are its own, where no chart is made.
          const text = files[path] ?? '';
          return { path, objects: objectsIn(format === 'helm' ? rendered(text, ANY) : text) };
        });
    const inOne = objects(whole);
    const inMany = objects(split);
    expect(inOne).toHaveLength(1);
    expect(inMany.every(({ objects }) => objects.length === 1)).toBe(true);
    expect(sorted(inMany.flatMap((file) => file.objects))).toEqual(sorted(inOne.flatMap((file) => file.objects)));
    expect(inMany).toHaveLength(manifest.objects.length);
  });

  it('as a Kustomize base names every file with objects, and these are the same objects', () => {
    for (const split of [false, true]) {
      const files = filesOf(formOf('kustomize', split, '1.2.3'), manifest);
      const { resources } = parse(files[`${name}/kustomization.yaml`] ?? '') as { resources: string[] };
      expect(sorted(resources.flatMap((file) => objectsIn(files[`${name}/${file}`] ?? '')))).toEqual(plain);
    }
  });

  it.runIf(hasKustomize)('as a Kustomize base is built by kubectl to the same objects', () => {
    const folder = written(filesOf(formOf('kustomize', true, '1.2.3'), manifest));
    const { status, stdout, stderr } = command(KUBECTL, 'kustomize', join(folder, name));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(sorted(objectsIn(stdout))).toEqual(plain);
  });

  it('as a Helm chart gives the same objects with its own values', () => {
    const files = filesOf(formOf('helm', false, '1.2.3'), manifest);
    expect(sorted(withoutHelm(chartObjects(files, name, {}, manifest.namespace)))).toEqual(plain);
  });

  it.runIf(hasHelm)('as a Helm chart is linted and rendered by helm to the same objects', () => {
    const folder = join(written(filesOf(formOf('helm', false, '1.2.3'), manifest)), name);
    const lint = command('helm', 'lint', '--strict', folder);
    expect(lint.status, lint.stdout + lint.stderr).toBe(0);
    const where = ['-n', manifest.namespace ?? 'caches', '--kube-version', '1.29.0'];
    const { status, stdout, stderr } = command('helm', 'template', 'any', folder, ...where);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(sorted(withoutHelm(objectsIn(stdout)))).toEqual(plain);
  });
});

it.each(Object.entries(TOPOLOGIES))('of %s the chart gives the same objects', (name, props) => {
  const manifest = topologyManifest({ name: 'cache', file: `${name}.yaml`, props: { ...props, name: 'cache' } });
  const files = filesOf(formOf('helm', false, '1.2.3'), manifest);
  expect(sorted(withoutHelm(chartObjects(files, 'cache', {}, manifest.namespace)))).toEqual(sorted(manifest.objects));
});

const ANY = {
  values: new Proxy({}, { get: () => ANYTHING }) as Record<string, unknown>,
  namespace: 'caches',
  jobSuffix: '',
};
/** A value that has every other value in it. */
const ANYTHING: unknown = new Proxy(
  Object.assign(() => {}, { toString: () => 'any' }),
  {
    get: (_, name) => (name === Symbol.toPrimitive ? () => 'any' : ANYTHING),
  },
);

/** An overlay that has this besides the base. */
function overlay(lines: string) {
  const manifest = ofCharts('production');
  const folder = written({
    ...filesOf(formOf('kustomize', false, '1.2.3'), manifest),
    'overlay/kustomization.yaml': `resources: [../production]\n${lines}\n`,
  });
  return objectsIn(command(KUBECTL, 'kustomize', join(folder, 'overlay')).stdout);
}

describe.runIf(hasKustomize)('an overlay of a Kustomize base', () => {
  const { objects } = ofCharts('production');
  const restartPolicies = (of: readonly KubeObject[]) =>
    of.flatMap((object) => {
      const { spec } = object as { spec?: { template?: { spec?: { initContainers?: { restartPolicy: unknown }[] } } } };
      return (spec?.template?.spec?.initContainers ?? []).map(({ restartPolicy }) => restartPolicy);
    });

  it('may choose the namespace: nothing else changes', () => {
    const moved = objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: 'caches' } }));
    expect(sorted(overlay('namespace: caches'))).toEqual(sorted(moved));
  });

  it('may choose another registry', () => {
    const images = 'images: [{ name: docker.io/library/redis, newName: registry.example.com/redis }]';
    const text = JSON.stringify(overlay(images));
    expect(text).toContain('"registry.example.com/redis:');
    expect(text).not.toContain('docker.io/library/redis');
  });

  it.each([
    ['namePrefix: staging-', 'staging-Always'],
    ['nameSuffix: -blue', 'Always-blue'],
    ['replicas: [{ name: production, count: 5 }]', 5],
  ])('with %s has a StatefulSet that the API server refuses', (line, policy) => {
    expect(new Set(restartPolicies(objects))).toEqual(new Set(['Always']));
    expect(new Set(restartPolicies(overlay(line)))).toEqual(new Set([policy]));
  });
});

describe('a Helm chart', () => {
  const manifest = ofCharts('cache');
  const files = filesOf(formOf('helm', false, '1.2.3'), manifest);
  const schema = JSON.parse(files['cache/values.schema.json'] ?? '');
  const validate = new Ajv({ strict: false }).compile(schema);
  const refusal = (values: object) => {
    validate(values);
    return JSON.stringify(validate.errors);
  };

  it('with another name gives what the topology of that name has', () => {
    const other = topologyManifest({ ...LOADED, name: 'sessions', props: { ...LOADED.props, name: 'sessions' } });
    const withoutHashes = (of: readonly KubeObject[]) =>
      JSON.parse(JSON.stringify(sorted(of)).replaceAll(/-[0-9a-f]{8}"/g, '-HASH"'));
    const given = withoutHelm(chartObjects(files, 'cache', { name: 'sessions' }));
    expect(withoutHashes(given)).toEqual(withoutHashes(other.objects));
  });

  const LOADED = parseTopology('cache.yaml', readFileSync(join(ROOT, 'charts/cache.yaml'), 'utf8'));

  it('takes another registry, and a Job is then another one', () => {
    const objects = chartObjects(files, 'cache', { imageRegistry: 'registry.example.com' }, 'caches', '-12345678');
    const images = [...JSON.stringify(objects).matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
    expect(images.length).toBeGreaterThan(3);
    expect(images.filter((image) => !/^registry\.example\.com\/(library|valkey)\//.test(image ?? ''))).toEqual([]);
    const jobs = objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
    expect(jobs.sort()).toEqual([
      expect.stringMatching(/^cache-auth-[0-9a-f]{8}-12345678$/),
      expect.stringMatching(/^cache-verify-[0-9a-f]{8}$/),
    ]);
  });

  it('has values that its schema takes', () => {
    for (const each of MANIFESTS) {
      const chart = filesOf(formOf('helm', false, '1.2.3'), each);
      const own = parse(chart[`${each.name}/values.yaml`] ?? '');
      const check = new Ajv({ strict: false }).compile(JSON.parse(chart[`${each.name}/values.schema.json`] ?? ''));
      expect(check(own), JSON.stringify(check.errors)).toBe(true);
    }
  });

  it.each([
    [{ replicas: 5 }, 'the number of servers is part of their configuration: set `servers` in the topology file'],
    [{ memory: '2Gi' }, '`memory` is chosen in the topology file'],
    [{ namespace: 'shop' }, 'the namespace is that of the release'],
    [{ resources: { server: { redis: { requests: { memory: '2Gi' } } } } }, 'it is part of redis.conf too'],
  ])('refuses %j with the reason', (values, reason) => {
    expect(refusal(values)).toContain(reason);
  });

  it.runIf(hasHelm)('has helm itself say the reason', () => {
    const chart = join(written(files), 'cache');
    const { status, stderr } = command(
      'helm',
      'template',
      'any',
      chart,
      '--kube-version',
      '1.29.0',
      '--set',
      'replicas=5',
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      'the number of servers is part of their configuration: set `servers` in the topology file',
    );
  });

  it.runIf(hasHelm)('is rendered by helm with values of a person', () => {
    const chart = join(written(files), 'cache');
    const values = ['name=sessions', 'imageRegistry=registry.example.com', 'resources.server.redis.requests.cpu=2'];
    const set = values.flatMap((value) => ['--set', value]);
    const { stdout, stderr } = command('helm', 'template', 'any', chart, '--kube-version', '1.29.0', ...set);
    expect(stderr).toBe('');
    const objects = objectsIn(stdout);
    const servers = objects.find(({ kind }) => kind === 'StatefulSet');
    expect(servers?.metadata.name).toBe('sessions');
    expect(JSON.stringify(servers)).toContain('"requests":{"cpu":"2",');
    expect(stdout).not.toMatch(/image: "?docker\.io/);
    const jobs = objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
    expect(jobs.some((name) => /^sessions-auth-[0-9a-f]{8}-[0-9a-f]{8}$/.test(name))).toBe(true);
  });

  it.runIf(hasHelm)('gives a volume a class where a person names one', () => {
    const chart = join(written(filesOf(formOf('helm', false, '1.2.3'), ofCharts('production'))), 'production');
    const where = ['--kube-version', '1.29.0', '--set', 'storage.server.className=fast,storage.server.size=16Gi'];
    const { stdout } = command('helm', 'template', 'any', chart, ...where);
    const [claim] = JSON.stringify(objectsIn(stdout)).match(/"volumeClaimTemplates":\[.*?\]\}?.*?\}\]/) ?? [''];
    expect(claim).toContain('"storageClassName":"fast"');
    expect(claim).toContain('"storage":"16Gi"');
  });

  it('refuses what it has no word for', () => {
    expect(refusal({ replicass: 5 })).toContain('additional');
    expect(refusal({ name: 'Not A Name' })).toContain('pattern');
    expect(refusal({})).toBe('null');
  });

  it('leaves a braced text of an object as it is', () => {
    const braced = { ...manifest, renamed: undefined, objects: [CONFIG] };
    expect(withoutHelm(chartObjects(filesOf(formOf('helm', false, '1.2.3'), braced), 'cache'))).toEqual([CONFIG]);
  });

  const CONFIG: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'braces' },
    data: { program: 'a {{ .Values.b }} {{{ c }}} {{- d -}}\n"{{" `x`\n', line: '{{ e }}' },
  };

  it('keeps the configuration that pods of the revision before may still need', () => {
    const kept = chartObjects(files, 'cache').filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'] === 'keep',
    );
    expect(kept.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^cache-config-/)]);
  });

  it('runs the verification as its test', () => {
    const hooks = chartObjects(files, 'cache').filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']);
    expect(hooks.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook']])).toEqual([
      ['Job', 'test'],
    ]);
  });

  it('says after the installation how the topology is reached', () => {
    const values = parse(files['cache/values.yaml'] ?? '');
    expect(files['cache/templates/NOTES.txt']).toContain('{{ .Values.name }}-sentinel:26379');
    expect(values).toMatchObject({ name: 'cache', imageRegistry: '' });
  });

  it('of two topologies is refused', () => {
    const two = { ...manifest, objects: [...manifest.objects, ...manifest.objects], renamed: undefined };
    expect(() => filesOf(formOf('helm', false, '1.2.3'), two)).toThrow('a Helm chart is made of one topology');
  });
});

it('a chart whose content changes has another version', () => {
  const version = (manifest: ManifestFile) =>
    parse(filesOf(formOf('helm', false, '1.2.3'), manifest)[`${manifest.name}/Chart.yaml`] ?? '').version;
  expect(version(ofCharts('cache'))).toBe(version(ofCharts('cache')));
  expect(version(topology('cache.yaml', 'memory: 1Gi\n'))).not.toBe(version(topology('cache.yaml', 'memory: 2Gi\n')));
});

it('is tried on every topology of charts/', () => {
  expect(TOPOLOGY_FILES.length).toBeGreaterThan(3);
});
