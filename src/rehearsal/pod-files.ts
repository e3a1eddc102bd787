import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VOLUMES } from '../kube/container.js';
import { type CertificateFiles, contentOf } from './certificates.js';
import {
  type ContainerSpec,
  type KeyToPath,
  type PodPlan,
  type RehearsedManifest,
  SERVER_CONFIGURATION,
  type Volume,
} from './manifest.js';
import type { Modules } from './modules.js';

/** The topology's Secret, as it is now: what pods mount that are made from now on. */
export interface SecretValue {
  /** In the place of a Secret that is not in the manifest. */
  readonly standIn: string;
  /** What the passwords were changed to, by key, whatever the manifest says; under '' all of them. */
  readonly changed: Map<string, string>;
  /** In the place of a certificate that is not in the manifest; a renewed one replaces it. */
  certificate?: CertificateFiles;
}

/**
 * Beside the users of the topology, one for the rehearsal itself, as a person would add one to look after it: it sees and does
 * all. None of the other users has other rights for it.
 */
export const REHEARSAL_USER = 'rehearsal';
const USER_FILES = ['users.acl', 'sentinel-users.acl'];

/**
 * The volumes of one pod as folders of this machine: `<folder>/<volume>`.
 *
 * Volumes from the StatefulSet's claims keep their content from one life of the pod to the next; every other volume is
 * made afresh when the pod is, as Kubernetes does. ConfigMaps and Secrets are written byte for byte, but for where the server's
 * modules are.
 */
export class PodFiles {
  constructor(
    readonly folder: string,
    private readonly plan: PodPlan,
    private readonly manifest: RehearsedManifest,
    private readonly secret: SecretValue,
    private readonly modules: Modules,
  ) {}

  /** Prepares the volumes for a new pod. */
  prepare(): void {
    for (const claim of this.plan.claims) mkdirSync(this.path(claim), { recursive: true, mode: 0o700 });
    for (const volume of this.plan.spec.volumes ?? []) {
      rmSync(this.path(volume.name), { recursive: true, force: true });
      mkdirSync(this.path(volume.name), { recursive: true, mode: 0o700 });
      for (const [file, content] of this.filesOf(volume)) {
        const path = join(this.path(volume.name), file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content, { mode: 0o444 });
      }
    }
  }

  /** Brings the Secret into the mounted files, as the kubelet does: a reader finds the whole old file or the whole new one. */
  refreshSecret(): void {
    for (const volume of this.plan.spec.volumes ?? []) {
      for (const [file, content] of volume.secret || volume.projected ? this.filesOf(volume) : []) {
        const path = join(this.path(volume.name), file);
        writeFileSync(`${path}.new`, content, { mode: 0o444 });
        renameSync(`${path}.new`, path);
      }
    }
  }

  /** Throws away what the claims hold, as the loss of a disk does. */
  loseClaims(): void {
    for (const claim of this.plan.claims) rmSync(this.path(claim), { recursive: true, force: true });
  }

  /** Puts the folders of this machine in the place of a container's mount paths, wherever a text names them. */
  mapPaths(container: ContainerSpec): (text: string) => string {
    const mounts = new Map(
      (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => [
        mountPath.replace(/\/$/, ''),
        join(this.path(name), subPath),
      ]),
    );
    if (mounts.size === 0) return (text) => text;
    const longestFirst = [...mounts.keys()].sort((a, b) => b.length - a.length).map(escapeForPattern);
    const pattern = new RegExp(`(?<=^|[\\s=:,])(${longestFirst.join('|')})(?=$|[/\\s:,])`, 'g');
    return (text) => text.replace(pattern, (path) => mounts.get(path) ?? path);
  }

  private path(volume: string): string {
    return join(this.folder, volume);
  }

  private filesOf(volume: Volume): [string, string | Buffer][] {
    if (volume.emptyDir) return [];
    if (volume.configMap) {
      const { name, items } = volume.configMap;
      const content = this.manifest.content('ConfigMap', name);
      if (!content) throw new Error(`volume '${volume.name}' is ConfigMap '${name}', which the manifest does not hold`);
      return select(content, items, `ConfigMap '${name}'`)
        .map(withRehearsalUser)
        .map((file) => this.withModules(file));
    }
    if (volume.secret && volume.name === VOLUMES.tls) return this.certificateFiles(volume.secret);
    if (volume.secret) {
      const { secretName, items, optional } = volume.secret;
      return this.secretFiles(secretName, items, optional);
    }
    if (volume.projected) {
      const files = volume.projected.sources.flatMap(({ secret: { name, items, optional } }) =>
        this.secretFiles(name, items, optional),
      );
      return [...files, [REHEARSAL_USER, this.secret.standIn]];
    }
    throw new Error(
      `volume '${volume.name}' of pod '${this.plan.name}' is of a kind that a rehearsal cannot provide; it knows ` +
        'configMap, secret, projected, emptyDir and the claims of a StatefulSet',
    );
  }

  private withModules([file, content]: [string, string | Buffer]): [string, string | Buffer] {
    return [file, file === SERVER_CONFIGURATION ? this.modules.here(String(content)) : content];
  }

  private certificateFiles({
    secretName,
    items = [],
    optional,
  }: NonNullable<Volume['secret']>): [string, string | Buffer][] {
    const { certificate } = this.secret;
    const given = this.manifest.content('Secret', secretName);
    if (given || !certificate) return given ? select(given, items, `Secret '${secretName}'`, optional) : [];
    const made = contentOf(certificate);
    return items.map(({ path }) => [path, made[path] ?? '']);
  }

  private secretFiles(name: string, items: KeyToPath[] | undefined, optional?: boolean): [string, string | Buffer][] {
    const keys = items?.map(({ key }) => key) ?? ['password'];
    const { standIn, changed } = this.secret;
    const standIns = Object.fromEntries(keys.map((key) => [key, `${standIn}.${name}.${key}`]));
    const made = this.manifest.content('Secret', name) ?? standIns;
    const now = Object.fromEntries(
      Object.entries(made).map(([key, value]) => [key, changed.get(key) ?? changed.get('') ?? value]),
    );
    return select(now, items, `Secret '${name}'`, optional);
  }
}

function withRehearsalUser([file, content]: [string, string | Buffer]): [string, string | Buffer] {
  if (!USER_FILES.includes(file)) return [file, content];
  return [file, `${content}user ${REHEARSAL_USER} ~* &* +@all\n`];
}

function select(
  content: Record<string, string | Buffer>,
  items: KeyToPath[] | undefined,
  from: string,
  optional = false,
) {
  if (!items) return Object.entries(content);
  return items.flatMap(({ key, path }): [string, string | Buffer][] => {
    const value = content[key];
    if (value === undefined && !optional) throw new Error(`${from} has no key '${key}'`);
    return value === undefined ? [] : [[path, value]];
  });
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
