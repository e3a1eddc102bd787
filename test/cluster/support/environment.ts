// What a run is told about its cluster, all through environment variables:
//   KUBECONFIG  the cluster, as for kubectl
//   KUBECTL     the command to use (default: kubectl from PATH)
//   FAULTS      a command with the sub-commands `crash N`, `start N`, `isolate N`, `heal N`, N being the number at the end
//               of a node's name. Without it the tests that need power over nodes are skipped.
//   IMAGES      a command `IMAGES KIND NAME` that lets the nodes run the image NAME as a stand-in of that kind (redis,
//               redis-alpine, valkey, valkey-alpine, node, haproxy, exporter). Not needed where nodes can pull images.
//   MANIFESTS   folder of the rendered topologies (default: dist/)
//   HELM        the command to use (default: helm from PATH)
//   CLUSTER_SLACK  how many times as long a start or an outage may take as promised (default: 1), for a machine that is slow, or
//               has other things to do; what may be lost knows no slack
//   CLUSTER_LONG   `yes`: also what takes too long for each time
//   RESULTS     folder for histories, logs and figures (default: one in the system's temporary folder)
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '../../..');

/** Where the rendered topologies are. */
export const manifests = resolve(root, process.env.MANIFESTS ?? 'dist');

/** Can the tests crash and isolate nodes? */
export const powerOverNodes = Boolean(process.env.FAULTS);

/** Is there time for what takes too long for each time? */
export const hasTime = process.env.CLUSTER_LONG === 'yes';

/** Made once, by the run's global set-up, and handed down to the test files in the environment. */
export function resultsFolder(): string {
  process.env.RESULTS ??= mkdtempSync(join(tmpdir(), 'redis-sentinel-cluster-'));
  mkdirSync(process.env.RESULTS, { recursive: true });
  return process.env.RESULTS;
}

/** How many times as long as promised things may take on this machine. */
const SLACK = Number(process.env.CLUSTER_SLACK ?? 1);
if (!(SLACK >= 1)) throw new Error(`CLUSTER_SLACK must be a number of at least 1, got '${process.env.CLUSTER_SLACK}'`);

/** A limit for this machine, in the unit of the promised one. */
export const within = (promised: number): number => promised * SLACK;

/** One word that tells this run's namespaces from another's. */
export function runId(): string {
  process.env.CLUSTER_RUN ??= Date.now().toString(36).slice(-5);
  return process.env.CLUSTER_RUN;
}

export const namespaceOf = (purpose: string): string => `sentinel-${runId()}-${purpose}`;

/** The command line in a variable may hold arguments (`sudo faults`); they are parted at spaces. */
export function commandOf(variable: 'FAULTS' | 'IMAGES'): readonly [string, ...string[]] | undefined {
  const [program, ...args] = (process.env[variable] ?? '').split(' ').filter((word) => word !== '');
  return program ? [program, ...args] : undefined;
}

export const execute = promisify(execFile);

/** The command of Helm. */
export const HELM = process.env.HELM ?? 'helm';
/** Where there is none, what needs it is skipped, by name. */
export const hasHelm = await execute(HELM, ['version']).then(
  () => true,
  () => false,
);

/** `FAULTS crash 2` and the like. */
export async function nodeFault(verb: 'crash' | 'start' | 'isolate' | 'heal', node: string): Promise<void> {
  const number = /\d+$/.exec(node)?.[0];
  const command = commandOf('FAULTS');
  if (!command) throw new Error('FAULTS is not set: no command that could crash a node');
  if (!number) throw new Error(`a node's name must end in a number for FAULTS, got '${node}'`);
  const [program, ...args] = command;
  await execute(program, [...args, verb, number]);
}
