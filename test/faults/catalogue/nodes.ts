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
    async inject(target) {
      await target.node('crash', target.master);
      await target.replaced();
    },
    heal: (target) => target.node('start', target.master),
  },
  {
    name: 'node of a replica crashes',
    does: "a replica's node loses power, and comes back after 20 s",
    needs: 'nodes',
    promises: () => ({ ...undisturbed(), whole: 120 }),
    async inject(target) {
      await target.node('crash', target.replica);
      await target.lasts(20);
    },
    heal: (target) => target.node('start', target.replica),
  },
  {
    name: 'node of the master isolated',
    does: "the master's node, and a client on it, cannot reach the others for 30 s",
    needs: 'nodes',
    promises: cutOff,
    async inject(target) {
      await target.node('isolate', target.master);
      await target.lasts(ISOLATION_SECONDS);
    },
    heal: (target) => target.node('heal', target.master),
  },
  {
    name: 'node of a replica isolated',
    does: 'a replica and its Sentinel cannot reach the others for 30 s',
    needs: 'nodes',
    promises: undisturbed,
    async inject(target) {
      await target.node('isolate', target.replica);
      await target.lasts(ISOLATION_SECONDS);
    },
    heal: (target) => target.node('heal', target.replica),
  },
];
