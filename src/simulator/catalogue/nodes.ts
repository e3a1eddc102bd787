import type { FaultTarget } from '../fault-target.js';
import type { Fault } from './fault.js';

/** As on the cluster, since what a client on the cut-off side loses goes by it, ms. */
const ISOLATION_MS = 30_000;
const REPLICA_AWAY_MS = 20_000;

/** A node, or all of a zone, that is lost or cut off. */
export const NODES: readonly Fault[] = [
  {
    name: 'node of the master crashes',
    also: ['node lost'],
    does: "the master's node loses power, and comes back when another server is master",
    strike(target) {
      const { master } = target;
      const node = target.nodeOf(master);
      target.powerOff(node);
      target.when(
        () => target.replaced(master),
        () => target.powerOn(node),
      );
    },
  },
  {
    name: 'node of a replica crashes',
    does: "a replica's node loses power, and comes back after 20 s",
    strike(target) {
      const node = target.nodeOf(target.replica);
      target.powerOff(node);
      target.after(REPLICA_AWAY_MS, () => target.powerOn(node));
    },
  },
  {
    name: 'node of the master isolated',
    also: ['master cut off with a client', 'partition'],
    does: "the master's node, and a client on it, cannot reach the others for 30 s",
    prepare: (target) => target.clientBeside(target.master),
    strike: (target) => isolate(target, target.nodeOf(target.master)),
  },
  {
    name: 'node of a replica isolated',
    does: 'a replica and its Sentinel cannot reach the others for 30 s',
    strike: (target) => isolate(target, target.nodeOf(target.replica)),
  },
  {
    name: 'zone of the master lost',
    also: ['zone lost'],
    does: "all nodes of the master's zone lose power, and come back after 20 s",
    strike(target) {
      const nodes = target.nodesOfZone(target.zoneOf(target.master));
      target.powerOff(...nodes);
      target.after(REPLICA_AWAY_MS, () => target.powerOn(...nodes));
    },
  },
];

function isolate(target: FaultTarget, node: number): void {
  target.isolateNode(node);
  target.after(ISOLATION_MS, () => target.joinNode(node));
}
