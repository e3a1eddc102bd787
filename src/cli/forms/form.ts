import { type KubeObject, type ManifestFile, manifestBytes } from '../manifests.js';
import { encode } from '../yaml.js';

/** What manifests can be written as. */
export const FORMATS = ['plain', 'kustomize', 'helm'] as const;
export type Format = (typeof FORMATS)[number];

/** How the objects of a topology become files. The objects are the same in every form. */
export interface Form {
  /** Each topology has a folder of its own, whose files are all written here. */
  readonly inFolders: boolean;
  /** A topology's file or folder, below the output folder. */
  place(topology: string): string;
  files(manifest: ManifestFile): readonly FormFile[];
}

export interface FormFile {
  /** Below the output folder. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** One file for each topology. */
export const PLAIN: Form = {
  inFolders: false,
  place: fileOf,
  files: (manifest) => [{ path: fileOf(manifest.name), bytes: manifestBytes(manifest) }],
};

/** A file for each object. */
export const PLAIN_SPLIT: Form = {
  inFolders: true,
  place: (topology) => topology,
  files: (manifest) => objectFiles(manifest, manifest.name, true),
};

function fileOf(topology: string): string {
  return `${topology}.k8s.yaml`;
}

/**
 * The files with the objects in them, in a folder.
 * @param texts of the objects, where they are not as they are applied
 */
export function objectFiles(
  { name, objects }: Pick<ManifestFile, 'name' | 'objects'>,
  folder: string,
  split: boolean,
  texts: (objects: readonly KubeObject[]) => Buffer = encode,
  written: readonly KubeObject[] = objects,
): FormFile[] {
  if (!split) return [{ path: `${folder}/${fileOf(name)}`, bytes: texts(written) }];
  const taken = new Map<string, number>();
  return objects.map((object, i) => {
    const file = `${object.kind}-${object.metadata.name}`.toLowerCase();
    // The same name in two namespaces, or of the same kind in two groups.
    const times = taken.get(file) ?? 0;
    taken.set(file, times + 1);
    const path = `${folder}/${file}${times > 0 ? `-${times + 1}` : ''}.yaml`;
    return { path, bytes: texts(written.slice(i, i + 1)) };
  });
}
