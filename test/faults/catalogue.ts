import { CHANGES } from './catalogue/changes.js';
import { DISKS } from './catalogue/disks.js';
import { FILES } from './catalogue/files.js';
import { NAMES } from './catalogue/names.js';
import { NEIGHBOURS } from './catalogue/neighbours.js';
import { NODES } from './catalogue/nodes.js';
import { PODS } from './catalogue/pods.js';
import { SERVERS } from './catalogue/servers.js';
import { SIDECARS } from './catalogue/sidecars.js';
import { VOLUMES } from './catalogue/volumes.js';
import type { Fault } from './fault.js';

export const CATALOGUE: readonly Fault[] = [
  ...SERVERS,
  ...PODS,
  ...NODES,
  ...VOLUMES,
  ...DISKS,
  ...FILES,
  ...SIDECARS,
  ...NAMES,
  ...NEIGHBOURS,
  ...CHANGES,
];

export function faultNamed(name: string): Fault {
  const found = CATALOGUE.find((fault) => fault.name === name);
  if (!found) throw new Error(`there is no fault '${name}'; there are: ${CATALOGUE.map((f) => f.name).join(', ')}`);
  return found;
}
