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
it('has a Sentinel that spins make all its connections anew, and nobody is held for down for it', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const epoch = (await rehearsal.view.sentinelView(master)).configEpoch;
  expect(rehearsal.log(master, 'sentinel')).not.toContain('connects-anew');
  const calm = flooded(
    rehearsal.sites.addressOf(master),
    rehearsal.sites.sentinelPort,
    rehearsal.sites.passwordOf(master) ?? '',
  );
  try {
    await rehearsal.until(
      () => rehearsal.log(master, 'sentinel').includes('connects-anew reason=spins'),
      'it spins on',
    );
  } finally {
    calm();
  }
  expect(await rehearsal.whole()).toBe(master);
  expect((await rehearsal.view.sentinelView(master)).configEpoch).toBe(epoch);
  expect(rehearsal.log(master, 'sentinel')).not.toMatch(/\+(s|o)down master/);
});
