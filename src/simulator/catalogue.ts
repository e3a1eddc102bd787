import { DISKS } from './catalogue/disks.js';
import type { Fault } from './catalogue/fault.js';
import { NODES } from './catalogue/nodes.js';
import { PODS } from './catalogue/pods.js';
import { SERVERS } from './catalogue/servers.js';
import { SIDECARS } from './catalogue/sidecars.js';
import { VOLUMES } from './catalogue/volumes.js';

export type { Fault } from './catalogue/fault.js';

/** The same names as in the faults on the cluster (test/faults/catalogue), and some that those do not have. */
export const CATALOGUE: readonly Fault[] = [...SERVERS, ...PODS, ...NODES, ...VOLUMES, ...DISKS, ...SIDECARS];

function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll('-', ' ');
}

/** By its name or one of its others, in which hyphens may stand for blanks; undefined where there is none. */
export function findFault(name: string): Fault | undefined {
  const wanted = plain(name);
  return CATALOGUE.find((fault) => [fault.name, ...(fault.also ?? [])].some((its) => plain(its) === wanted));
}

export const FAULT_NAMES: readonly string[] = CATALOGUE.flatMap(({ name, also = [] }) => [name, ...also]);
