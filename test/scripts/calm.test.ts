import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { wholeRehearsal } from './support/rehearsed.js';

/** Keeps a Sentinel busy: it answers as many commands as it can. */
function flooded(host: string, port: number, password: string): () => void {
  const socket = connect(port, host);
  const commands = 'PING\r\n'.repeat(500);
  socket.on('connect', () => socket.write(`AUTH ${password}\r\n${commands}`));
  // Not faster than it answers: a client that does not read is disconnected.
  socket.on('data', (data) => socket.write('PING\r\n'.repeat(data.toString().split('\r\n').length - 1)));
  socket.on('error', () => {});
  return () => socket.destroy();
}

// What makes it busy in a cluster, a connection that the kernel reports an error of for ever, takes a Service without an
// endpoint: test/cluster/calm.test.ts.
it('has a Sentinel that spins make all its connections anew, soon, then ever more rarely, and nobody is held for down for it', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const epoch = (await rehearsal.view.sentinelView(master)).configEpoch;
  expect(rehearsal.log(master, 'sentinel')).not.toContain('connects-anew');
  const calm = flooded(
    rehearsal.sites.addressOf(master),
    rehearsal.sites.sentinelPort,
    rehearsal.sites.passwordOf(master) ?? '',
  );
  const noticed: number[] = [];
  try {
    while (noticed.length < 3) {
      await rehearsal.until(
        () => rehearsal.log(master, 'sentinel').split('connects-anew reason=spins').length - 1 > noticed.length,
        'it spins on',
      );
      noticed.push(performance.now());
    }
  } finally {
    calm();
  }
  const [first = 0, second = 0, third = 0] = noticed;
  expect(second - first).toBeLessThan(3200); // 2 s and a little
  expect(third - second).toBeGreaterThan(3500); // 4 s
  expect(await rehearsal.whole()).toBe(master);
  expect((await rehearsal.view.sentinelView(master)).configEpoch).toBe(epoch);
  expect(rehearsal.log(master, 'sentinel')).not.toMatch(/\+(s|o)down master/);
});
