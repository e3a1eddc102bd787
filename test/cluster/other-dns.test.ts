import { expect, it } from 'vitest';
import { crash } from './support/faults.js';
import { startedFixture } from './support/fixture.js';
import { NodeAgents } from './support/node-agents.js';
import { OtherDns } from './support/other-dns.js';

it('a topology that may ask the cluster’s DNS alone finds it on another port', async (test) => {
  const dns = new OtherDns();
  const obstacle = await dns.obstacle();
  test.skip(obstacle !== undefined, obstacle);
  try {
    await dns.start();
    const topology = await startedFixture('other-dns');
    expect(await dns.wasAsked()).toBe(true);
    await crash(topology, new NodeAgents(), (await topology.pods()).slice(0, 1));
    await topology.ready(120);
  } finally {
    await dns.stop();
  }
});
