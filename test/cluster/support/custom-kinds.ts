import { Kubectl } from './kubectl.js';
import type { KubeObject } from './objects.js';

/** Kinds of other projects that objects are of (such as `PodMonitor`), in place of those that a cluster lacks. */
export class CustomKinds {
  private readonly kubectl = new Kubectl('default');
  private made: string[] = [];

  async provide(objects: readonly KubeObject[]): Promise<void> {
    const known = await this.kubectl.run(['api-resources', '--no-headers']);
    const wanted = new Map(objects.filter(isCustom).map((object) => [`${object.apiVersion} ${object.kind}`, object]));
    for (const { apiVersion = '', kind } of wanted.values()) {
      if (known.split('\n').some((line) => line.includes(` ${apiVersion} `) && line.trimEnd().endsWith(` ${kind}`))) {
        continue;
      }
      const definition = definitionOf(apiVersion, kind);
      await this.kubectl.apply([definition]);
      this.made.push(definition.metadata.name);
    }
    for (const name of this.made) {
      await this.kubectl.run(['wait', '--for=condition=established', '--timeout=30s', `crd/${name}`]);
    }
  }

  async remove(): Promise<void> {
    if (this.made.length > 0) await this.kubectl.run(['delete', 'crd', ...this.made, '--wait=false']);
    this.made = [];
  }
}

/** Groups of Kubernetes itself have no dot, or end in its domain. */
function isCustom({ apiVersion = '' }: KubeObject): boolean {
  const [group = '', version] = apiVersion.split('/');
  return version !== undefined && group.includes('.') && !group.endsWith('.k8s.io');
}

/** It takes everything. */
function definitionOf(apiVersion: string, kind: string): KubeObject {
  const [group, name] = apiVersion.split('/');
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const spec = {
    group,
    scope: 'Namespaced',
    names: { kind, singular, plural },
    versions: [{ name, served: true, storage: true, schema }],
  };
  const metadata = { name: `${plural}.${group}` };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec } as KubeObject;
}
