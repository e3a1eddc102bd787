import { expect, it } from 'vitest';
import { SimulatedTopology } from './support/simulated-topology.js';

const SEEDS = Array.from({ length: 5 }, (_, index) => index + 1);

it('what Sentinels and the cron send to the replicas does not overtake writes that wait for the disk', () => {
  for (const seed of SEEDS) {
    // The disk is nearly always busy, so that almost every hello message and ping comes while a write waits.
    const topology = SimulatedTopology.whole(seed, { profile: 'strict' }, { fsyncMs: 5, writeEveryMs: 6 });
    // A replica that was sent an offset twice ends the run.
    topology.run(20_000);
    expect(topology.violations).toEqual([]);
  }
});

/** Redis makes the connection in its cron, which counts the tenths of a second that it has loaded. */
it.each([
  ['a moment', 2, 900],
  ['0.25 s', 250, 700],
  ['just a second', 1000, 0],
])('a replica that has loaded its data for %s connects so late', (_, loadMs, later) => {
  const topology = SimulatedTopology.whole(1, { profile: 'default' });
  const replica = topology.server(2);
  topology.world.loadMs = () => loadMs;
  let readyAt = 0;
  const { link } = replica;
  const startFollowing = link.startFollowing.bind(link);
  link.startFollowing = (master) => {
    readyAt = topology.now;
    startFollowing(master);
  };
  topology.kill(2);
  topology.until('ready', () => readyAt > 0);
  while (link.state === 'idle') topology.run(1);
  expect(topology.now - readyAt).toBeGreaterThanOrEqual(later);
  expect(topology.now - readyAt).toBeLessThan(later + 60);
});
