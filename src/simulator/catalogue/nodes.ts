import type { Scene } from '../scene.js';
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
    strike(scene) {
      const { master } = scene;
      const node = scene.nodeOf(master);
      scene.powerOff(node);
      scene.when(
        () => scene.replaced(master),
        () => scene.powerOn(node),
      );
    },
  },
  {
    name: 'node of a replica crashes',
    does: "a replica's node loses power, and comes back after 20 s",
    strike(scene) {
      const node = scene.nodeOf(scene.replica);
      scene.powerOff(node);
      scene.after(REPLICA_AWAY_MS, () => scene.powerOn(node));
    },
  },
  {
    name: 'node of the master isolated',
    also: ['master cut off with a client', 'partition'],
    does: "the master's node, and a client on it, cannot reach the others for 30 s",
    prepare: (scene) => scene.clientBeside(scene.master),
    strike: (scene) => isolate(scene, scene.nodeOf(scene.master)),
  },
  {
    name: 'node of a replica isolated',
    does: 'a replica and its Sentinel cannot reach the others for 30 s',
    strike: (scene) => isolate(scene, scene.nodeOf(scene.replica)),
  },
  {
    name: 'zone of the master lost',
    also: ['zone lost'],
    does: "all nodes of the master's zone lose power, and come back after 20 s",
    strike(scene) {
      const nodes = scene.nodesOfZone(scene.zoneOf(scene.master));
      scene.powerOff(...nodes);
      scene.after(REPLICA_AWAY_MS, () => scene.powerOn(...nodes));
    },
  },
];

function isolate(scene: Scene, node: number): void {
  scene.isolateNode(node);
  scene.after(ISOLATION_MS, () => scene.joinNode(node));
}
