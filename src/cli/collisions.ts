import type { KubeObject, ManifestFile } from './manifests.js';

/**
 * Remembers every object that was made, and finds the two manifests that make the same one: applied one after the other,
 * the second would silently turn the first's object into its own (topology `x` with Sentinels of their own has a
 * StatefulSet `x-sentinel`, and so has topology `x-sentinel`).
 */
export class Collisions {
  private readonly makers = new Map<string, ManifestFile>();

  /** One message for each other manifest that the given one collides with. */
  add(manifest: ManifestFile): string[] {
    const found = new Map<ManifestFile, string>();
    for (const object of manifest.objects) {
      const key = identify(object);
      const other = this.makers.get(key);
      if (!other) this.makers.set(key, manifest);
      else if (other !== manifest && !found.has(other)) found.set(other, describe(manifest, other, object));
    }
    return [...found.values()];
  }
}

/** A group is served in several versions, which are the same object; hence without the version. */
function identify({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/', 1)[0] : '';
  return JSON.stringify([group, kind, metadata.namespace ?? null, metadata.name]);
}

function describe(manifest: ManifestFile, other: ManifestFile, { kind, metadata }: KubeObject): string {
  const place = metadata.namespace ? `in namespace ${metadata.namespace}` : 'in the same namespace';
  return (
    `'${manifest.name}' and '${other.name}' of ${other.source} both make the ${kind} ${metadata.name} ${place}; ` +
    'give one of them another name or namespace'
  );
}
