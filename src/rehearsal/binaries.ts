import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { versionIn } from '../engine/version.js';

export type EngineName = 'redis' | 'valkey';
/** `system`: this machine's `/bin/sh` and tools. `busybox`: BusyBox for the shell and every tool, as in Alpine. */
export type ShellKind = 'system' | 'busybox';

/** What containers find on this machine in the place of their image. */
export interface Binaries {
  /** Of the engine's server, e.g. `7.0.15`. */
  readonly version: string;
  /** The PATH of every container. */
  readonly path: string;
  /** Stands for `/bin/sh` in the manifest's commands. */
  readonly shell: string;
}

/** As in the official images. */
const IMAGE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Gathers the programs that stand in for the image in `folder`, which containers get as the first entry of their PATH.
 *
 * @param searchPath where the engine is looked for, before everything else: a PATH
 */
export function gatherBinaries(folder: string, engine: EngineName, shell: ShellKind, searchPath: string): Binaries {
  mkdirSync(folder, { recursive: true });
  const server = find(`${engine}-server`, searchPath);
  if (!server) throw new Error(missing(engine, searchPath));
  // Nothing of the topology needs the client; people and tests do.
  const client = find(`${engine}-cli`, searchPath);
  // Without its real path: the program decides by its own name what it is.
  for (const program of [server, client]) if (program) symlinkSync(program, join(folder, basename(program)));
  const version = versionIn(execFileSync(server, ['--version'], { encoding: 'utf8' })) ?? 'of unknown version';
  if (shell === 'system') return { version, path: `${folder}:${IMAGE_PATH}`, shell: '/bin/sh' };
  linkBusybox(folder);
  return { version, path: folder, shell: join(folder, 'sh') };
}

/** Whether the engine is on this machine. */
export function hasEngine(engine: EngineName, searchPath: string): boolean {
  return find(`${engine}-server`, searchPath) !== undefined;
}

function linkBusybox(folder: string): void {
  const busybox = find('busybox', IMAGE_PATH);
  if (!busybox) throw new Error("'busybox' is not on this machine; on Debian: apt-get install busybox");
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n')) {
    if (applet && applet !== 'busybox') symlinkSync(realpathSync(busybox), join(folder, applet));
  }
}

function find(program: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function missing(engine: EngineName, searchPath: string): string {
  const other = engine === 'valkey' ? 'redis' : 'valkey';
  const way = engine === 'redis' ? "run 'sh src/build/prerequisites.sh', which installs it" : 'install Valkey';
  return (
    `the manifest's engine is ${engine}, but '${engine}-server' is not in ${searchPath}; ` +
    `${way}, or rehearse on the other engine (--engine ${other})`
  );
}
