import type { KubeObject, ManifestFile } from '../../manifests.js';

/** What stands for the topology's name in a template. */
export const NAME = '{{ .Values.name }}';
/** A chart's objects go where the release goes. */
const NAMESPACE = '{{ .Release.Namespace }}';

/** Names that no topology has, and that are in no program. */
const OTHER_NAME = 'in-place-of-the-name';
const OTHER_NAMESPACE = 'in-place-of-the-namespace';
const OTHERS = new RegExp(`${OTHER_NAMESPACE}|${OTHER_NAME}`, 'g');

/** What `contentHash` puts at the end of a name. */
const HASH = /-[0-9a-f]{8}(?![0-9a-z])/g;

/**
 * The objects as texts of a Helm template: braces of their own are written so that Helm leaves them, and the topology's
 * name and namespace are the chart's wherever they are used. Where that is shows the same topology under another name.
 *
 * Hashes in names stay those of the manifest, as a name with another one before it is another object anyway.
 */
export function templateObjects({ name, namespace = '', objects, renamed }: ManifestFile): KubeObject[] {
  const others = renamed?.(OTHER_NAME, OTHER_NAMESPACE) ?? objects;
  return objects.map((object, i) => merge(object, others[i]) as KubeObject);

  function merge(plain: unknown, other: unknown): unknown {
    if (typeof plain === 'string' && typeof other === 'string') return mergeText(plain, other);
    if (Array.isArray(plain) && Array.isArray(other)) return plain.map((each, i) => merge(each, other[i]));
    if (isMapping(plain) && isMapping(other)) {
      return Object.fromEntries(
        Object.entries(other).map(([key, value]) => [mergeText(named(key), key), merge(plain[named(key)], value)]),
      );
    }
    return plain;
  }

  function named(text: string): string {
    return text.replaceAll(OTHERS, (found) => (found === OTHER_NAME ? name : namespace));
  }

  function mergeText(plain: string, other: string): string {
    if (plain === other) return escaped(plain);
    // The other's hashes are others; those that count are in the same places of the plain text.
    const pattern = other
      .split(HASH)
      .map((part) => named(part).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('(-[0-9a-f]{8})');
    const [, ...hashes] = new RegExp(`^${pattern}$`, 's').exec(plain) ?? [plain];
    if (hashes.length !== (other.match(HASH) ?? []).length) {
      throw new Error(`the chart's template cannot be made: '${plain}' was expected to be like '${other}'`);
    }
    const withHashes = other.replaceAll(HASH, () => hashes.shift() ?? '');
    return escaped(withHashes).replaceAll(OTHERS, (found) => (found === OTHER_NAME ? NAME : NAMESPACE));
  }
}

/** So that Helm gives back the text as it is. */
export function escaped(text: string): string {
  return text.replaceAll('{{', '{{ `{{` }}');
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
