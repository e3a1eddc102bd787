import type { Fault } from '../fault.js';
import { cutOff, silent, undisturbed } from './promises.js';

const ISOLATION_SECONDS = 30;

export const NODES: readonly Fault[] = [
  {
    name: 'node of the master crashes',
    does: "the master's node loses power, and comes back when another server is master",
    needs: 'nodes',
    // The client beside the master dies with it.
    pinned: false,
    // The node's own start is part of it.
    promises: (facts) => ({ ...silent(facts), goal: facts.downAfter + 1500, whole: 120 }),
    async inject(scene) {
      await scene.node('crash', scene.master);
      await scene.replaced();
    },
    heal: (scene) => scene.node('start', scene.master),
  },
  {
    name: 'node of a replica crashes',
    does: "a replica's node loses power, and comes back after 20 s",
    needs: 'nodes',
    promises: () => ({ ...undisturbed(), whole: 120 }),
    async inject(scene) {
      await scene.node('crash', scene.replica);
      await scene.lasts(20);
    },
    heal: (scene) => scene.node('start', scene.replica),
  },
  {
    name: 'node of the master isolated',
    does: "the master's node, and a client on it, cannot reach the others for 30 s",
    needs: 'nodes',
    promises: cutOff,
    async inject(scene) {
      await scene.node('isolate', scene.master);
      await scene.lasts(ISOLATION_SECONDS);
    },
    heal: (scene) => scene.node('heal', scene.master),
  },
  {
    name: 'node of a replica isolated',
    does: 'a replica and its Sentinel cannot reach the others for 30 s',
    needs: 'nodes',
    promises: undisturbed,
    async inject(scene) {
      await scene.node('isolate', scene.replica);
      await scene.lasts(ISOLATION_SECONDS);
    },
    heal: (scene) => scene.node('heal', scene.replica),
  },
];
