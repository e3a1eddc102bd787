import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CustomKinds } from './support/custom-kinds.js';
import { execute, HELM, hasHelm, manifests, namespaceOf, resultsFolder, root } from './support/environment.js';
import { Kubectl } from './support/kubectl.js';
import type { KubeObject } from './support/objects.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { Pending, sleep, until } from './support/wait.js';

// What a GitOps tool does all day: it applies what is there already. Pods are not allowed in these namespaces, so that
// nothing but the second apply could change an object.

const TOPOLOGIES = readdirSync(manifests)
  .filter((file) => file.endsWith('.k8s.yaml'))
  .map((file) => basename(file, '.k8s.yaml'));

/** Without a cluster helm takes the version that it was built with for the cluster's. */
const KUBE = ['--kube-version', '1.29.0'];
/** A hundred objects, on a machine that has other work too. */
const PATIENT = { timeout: 180_000 };

/** Folders with all topologies, by form. */
const folders: Record<'kustomize' | 'helm', string> = { kustomize: '', helm: '' };
const custom = new CustomKinds();

beforeAll(async () => {
  for (const format of ['kustomize', 'helm'] as const) {
    folders[format] = mkdtempSync(join(resultsFolder(), `${format}-`));
    const words = [join(root, 'build/main.js'), 'synth', '--format', format, '-o', folders[format]];
    await execute(process.execPath, words, { cwd: root });
  }
  await custom.provide(TOPOLOGIES.flatMap((name) => RenderedTopology.of(name).objects));
});

afterAll(() => custom.remove());

type Apply = (kubectl: Kubectl) => Promise<unknown>;

const WAYS: readonly { readonly how: string; readonly apply: Apply; readonly helm?: true }[] = [
  { how: 'plain, client-side', apply: (kubectl) => kubectl.run(['apply', '-f', manifests], PATIENT) },
  {
    how: 'plain, server-side',
    apply: (kubectl) => kubectl.run(['apply', '--server-side', '-f', manifests], PATIENT),
  },
  {
    how: 'Kustomize, client-side',
    apply: (kubectl) => kubectl.run(['apply', '-k', join(folders.kustomize, 'production')], PATIENT),
  },
  {
    how: 'Kustomize, server-side',
    apply: (kubectl) => kubectl.run(['apply', '--server-side', '-k', join(folders.kustomize, 'production')], PATIENT),
  },
  {
    how: 'helm upgrade --install',
    helm: true,
    async apply({ namespace }) {
      for (const topology of TOPOLOGIES) {
        const words = ['upgrade', '--install', topology, join(folders.helm, topology), '--namespace', namespace];
        await execute(HELM, words);
      }
    },
  },
  {
    how: 'helm template, server-side',
    helm: true,
    async apply(kubectl) {
      for (const topology of TOPOLOGIES) {
        const chart = join(folders.helm, topology);
        const words = ['template', topology, chart, '--namespace', kubectl.namespace, '--skip-tests', ...KUBE];
        const { stdout } = await execute(HELM, words, { maxBuffer: 2 ** 26 });
        await kubectl.run(['apply', '--server-side', '-f', '-'], { stdin: stdout, ...PATIENT });
      }
    },
  },
];

describe('applied a second time', () => {
  it.each(WAYS.filter(({ helm }) => !helm || hasHelm))('$how: changes nothing', async ({ how, apply }) => {
    await withoutPods(`twice-${how.replace(/\W+/g, '-').toLowerCase()}`, async (kubectl) => {
      await apply(kubectl);
      const before = await settled(kubectl);
      expect(Object.keys(before).length).toBeGreaterThan(12);
      await apply(kubectl);
      expect(await versions(kubectl)).toEqual(before);
    });
  });

  // Reported by name where it is not to be had, and not at all where it is.
  if (!hasHelm) it('by helm: there is none here', ({ skip }) => skip());

  it('server-side after client-side, by the command of the docs: no object is another, and none is applied anew', async () => {
    await withoutPods('twice-mixed', async (kubectl) => {
      const production = ['-f', join(manifests, 'production.k8s.yaml')];
      await kubectl.run(['apply', ...production]);
      await settled(kubectl);
      const before = await generations(kubectl);
      await kubectl.run(['apply', ...theWordsOf('--force-conflicts'), ...production]);
      expect(await generations(kubectl)).toEqual(before);
      const after = await settled(kubectl);
      await kubectl.run(['apply', '--server-side', ...production]);
      expect(await versions(kubectl)).toEqual(after);
    });
  });
});

it('the command of the docs removes old ConfigMaps and Jobs, and nothing else', async () => {
  await withoutPods('prune', async (kubectl) => {
    const folder = mkdtempSync(join(resultsFolder(), 'before-'));
    const text = readFileSync(join(root, 'charts/production.yaml'), 'utf8');
    writeFileSync(join(folder, 'production.yaml'), text.replace(/^memory: 1Gi$/m, 'memory: 2Gi\nservers: 5'));
    const words = ['synth', join(folder, 'production.yaml'), '-o', folder];
    await execute(process.execPath, [join(root, 'build/main.js'), ...words], { cwd: root });
    await kubectl.run(['apply', '-f', join(folder, 'production.k8s.yaml')]);
    await kubectl.create([SECRET]);
    const before = Object.keys(await versions(kubectl));

    await kubectl.run(['apply', '-f', join(manifests, 'production.k8s.yaml'), ...theWordsOf('--prune')]);

    const after = Object.keys(await versions(kubectl));
    const gone = before.filter((object) => !after.includes(object));
    expect(gone.length).toBeGreaterThan(1);
    expect(gone.filter((object) => !/^(ConfigMap|Job) production-(config|verify)-/.test(object))).toEqual([]);
    expect(after.filter((object) => /^ConfigMap production-config-/.test(object))).toHaveLength(1);
    expect(await kubectl.get('secret', 'production-auth')).toMatchObject({ kind: 'Secret' });
  });
});

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'production-auth', labels: { 'app.kubernetes.io/instance': 'production' } },
  stringData: { password: 'a-plain-password' },
} as KubeObject;

describe('an overlay of the Kustomize base', () => {
  it.each([['namePrefix: staging-'], ['nameSuffix: -blue'], ['replicas: [{ name: production, count: 5 }]']])(
    'with %s is refused by the API server',
    async (line) => {
      await withoutPods(`overlay-${line.slice(4, 7).toLowerCase()}`, async (kubectl) => {
        const overlay = join(folders.kustomize, `overlay-${line.slice(4, 7)}`);
        mkdirSync(overlay);
        writeFileSync(join(overlay, 'kustomization.yaml'), `resources: [../production]\n${line}\n`);
        const { code, stderr } = await kubectl.attempt(['apply', '--dry-run=server', '-k', overlay]);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/initContainers.*restartPolicy/);
      });
    },
  );
});

/** Of the command of the page that has this option: its options, without the file. */
function theWordsOf(option: string): string[] {
  const lines = readFileSync(join(root, 'docs/gitops.md'), 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith('kubectl apply ') && each.includes(option)) ?? '';
  const words = line.split(' ').slice(2);
  const file = words.indexOf('-f');
  if (file < 0) throw new Error(`docs/gitops.md has no command kubectl apply -f … ${option}`);
  return words.filter((_, i) => i !== file && i !== file + 1);
}

/** In a namespace of its own, which is gone afterwards. */
async function withoutPods(purpose: string, work: (kubectl: Kubectl) => Promise<void>): Promise<void> {
  const kubectl = new Kubectl(namespaceOf(purpose));
  await kubectl.run(['create', 'namespace', kubectl.namespace]);
  try {
    await kubectl.run(['create', 'quota', 'no-pods', '--hard=pods=0']);
    await work(kubectl);
  } finally {
    await kubectl.run(['delete', 'namespace', kubectl.namespace, '--wait=false']);
  }
}

type ByObject = Readonly<Record<string, string | undefined>>;

interface Stored extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly resourceVersion: string; readonly generation?: number };
}

const versions = (kubectl: Kubectl) => read(kubectl, ({ metadata }) => metadata.resourceVersion);
const generations = (kubectl: Kubectl) =>
  read(kubectl, ({ metadata }) => `${metadata.uid} ${metadata.generation ?? 'none'}`);

/** Of all objects of all topologies. */
async function read(kubectl: Kubectl, what: (object: Stored) => string): Promise<ByObject> {
  const kinds = [...new Set(TOPOLOGIES.flatMap((name) => RenderedTopology.of(name).objects).map(resourceOf))];
  const text = await kubectl.run(['get', kinds.join(','), '-l', 'app.kubernetes.io/instance', '-o', 'yaml']);
  const [list] = parseAllDocuments(text).map((document) => document.toJS() as { items: Stored[] });
  return Object.fromEntries(
    (list?.items ?? []).map((object) => [`${object.kind} ${object.metadata.name}`, what(object)]),
  );
}

function resourceOf({ kind, apiVersion = '' }: KubeObject): string {
  return [kind, ...(apiVersion.includes('/') ? [apiVersion.replace(/(.*)\/(.*)/, '$2.$1')] : [])].join('.');
}

/** The versions once no controller writes a status any more. */
async function settled(kubectl: Kubectl): Promise<ByObject> {
  return until(`objects of ${kubectl.namespace} settled`, 60, async () => {
    const before = await versions(kubectl);
    await sleep(2000);
    const now = await versions(kubectl);
    return JSON.stringify(now) === JSON.stringify(before) ? now : new Pending('a status has just changed');
  });
}
