import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { PlainClient } from './support/plain-client.js';
import { hasHaproxy, RehearsedProxy } from './support/proxy.js';
import { objectsOf, rehearsed, wholeRehearsal } from './support/rehearsed.js';

const PROPS = { access: { master: true, read: true }, profile: Profile.STRICT };
/**
 * By how much a plain client may learn later of a new master than one that asks Sentinel, ms: half the time in which agents that
 * do not answer are believed, which is what it would take were their answers not read. It was at most 60 on a quiet machine, and 427 on
 * a busy one.
 */
const LATER_MS = 1500;

/** Attempts to connect that a client needs where there is a server, on a machine that may be busy; without one it makes 100 a second. */
const AT_ONCE = 2;

/** Less than a test may take, so that it says what was waited for in vain. */
const SOON = { timeoutMs: 20_000 };

/** A whole topology with a proxy that has found out whose turn it is. */
async function proxied() {
  const { rehearsal, master } = await wholeRehearsal(PROPS);
  const proxy = await RehearsedProxy.of(objectsOf(PROPS), rehearsal);
  proxy.start();
  await rehearsal.until(async () => (await proxy.get('/startedz')).status === 200, 'the proxy leads to no server');
  const settled = async () => {
    const [masters, readers] = [await proxy.states('master'), await proxy.states('read')];
    return rehearsal.servers.every(
      (pod) => masters[pod] === (pod === master ? 'UP' : 'DOWN') && readers[pod] === (pod === master ? 'DOWN' : 'UP'),
    );
  };
  await rehearsal.until(settled, 'the proxy does not know the roles');
  const { password } = rehearsal.sites;
  const client = (props = {}) => new PlainClient(proxy.address, password, props);
  return { rehearsal, master, proxy, client };
}

describe.skipIf(!hasHaproxy)('a client that knows nothing of Sentinel', () => {
  it('is led to the new master as soon as one that asks Sentinel is: after a crash and before a planned stop', async () => {
    const { rehearsal, proxy, client } = await proxied();
    const plain = client();

    for (const [fault, end] of [
      ['kill', (master: string) => void rehearsal.killServer(master)],
      ['stop', (master: string) => rehearsal.replacePod(master)],
    ] as const) {
      const master = await rehearsal.whole();
      const writer = rehearsal.writer({ perSecond: 200 });
      await sleep(500);
      const begun = performance.now();
      await end(master);
      const next = await rehearsal.masterOtherThan(master);
      expect(await rehearsal.whole()).toBe(next);
      await rehearsal.until(async () => (await proxy.states('master'))[master] !== 'UP', 'the old master has its role');
      // A connection that was made in the tenth of a second before the proxy knew; or to the new master, before a replica followed
      // it: strict takes no write until then, whoever asks.
      for (const error of plain.errors) expect(error).toMatch(/^(READONLY|NOREPLICAS) /);
      plain.errors.clear();
      const count = plain.acks.length;
      await rehearsal.until(() => plain.acks.length > count, `nothing is written after the ${fault}`);
      await sleep(500);
      expect([...plain.errors], `once the proxy knows, after the ${fault}`).toEqual([]);
      const { gapMs } = await writer.report();
      expect(plain.longestGap(begun), fault).toBeLessThan(gapMs + LATER_MS);
    }
    await plain.stop();
    expect(plain.connections).toBeGreaterThan(2);
  });

  it('is led to the master however long its agent is away, and loses it to a master that is fenced', async () => {
    const { rehearsal, master, proxy, client } = await proxied();
    const plain = client();
    await rehearsal.until(() => plain.acks.length > 100, 'nothing is written');
    const state = async (server: string) => (await proxy.states('master'))[server];
    const writesOn = async (why: string) => {
      const count = plain.acks.length;
      await rehearsal.until(() => plain.acks.length > count + 100, `nothing is written ${why}`);
    };

    rehearsal.signalAgent(master, 'SIGKILL');
    await rehearsal.until(() => rehearsal.container(master, 'agent').restarts === 1, 'the agent is not back');
    await rehearsal.until(async () => (await proxy.checks('master', master)).passing, 'the agent is not heard again');
    await writesOn('while the agent is restarted');
    // Unless the restart took longer than a proxy waits: then it connects twice, or an attempt more on a busy machine.
    const { downs } = await proxy.checks('master', master);
    expect(plain.connections).toBeLessThanOrEqual(1 + 2 * AT_ONCE * downs);
    const before = plain.connections;

    rehearsal.signalAgent(master, 'SIGSTOP');
    await rehearsal.until(async () => (await state(master)) === 'DOWN', 'a silent agent is believed for ever');
    expect(await state(`${master}-last`)).toBe('UP');
    await writesOn('while the agent is away');
    // Cut off from what was believed, and led to what was believed last: the same server.
    const cutOff = plain.connections;
    expect(cutOff - before).toBeLessThanOrEqual(AT_ONCE);
    await sleep(3000);
    expect(plain.connections).toBe(cutOff);
    rehearsal.signalAgent(master, 'SIGCONT');
    await rehearsal.until(async () => (await state(master)) === 'UP', 'the agent is not heard again');
    await writesOn('once the agent is back');
    const back = plain.connections;
    expect(back - cutOff).toBeLessThanOrEqual(AT_ONCE);

    for (const pod of rehearsal.servers.filter((pod) => pod !== master)) rehearsal.freeze(pod);
    await rehearsal.until(async () => (await state(master)) === 'DOWN', 'the fenced master is led to');
    expect(await state(`${master}-last`)).toBe('NOLB');
    await rehearsal.until(() => plain.connections > back, 'its client was not cut off');
    for (const pod of rehearsal.servers.filter((pod) => pod !== master)) rehearsal.thaw(pod);
    await rehearsal.whole();
    await writesOn('after the fence');
    await plain.stop();
  });

  it('is led away from a master whose agent was away when it died, once another has its role', async () => {
    const { rehearsal, master, proxy, client } = await proxied();
    // It has no time limit of its own that would help.
    const plain = client({ patienceMs: 120_000 });
    await rehearsal.until(() => plain.acks.length > 100, 'nothing is written');
    const states = () => proxy.states('master');
    rehearsal.signalAgent(master, 'SIGSTOP');
    await rehearsal.until(async () => (await states())[master] === 'DOWN', 'a silent agent is believed for ever');
    const connected = plain.acks.length;
    await rehearsal.until(() => plain.acks.length > connected + 100, 'nothing is written while the agent is away');
    rehearsal.freeze(master);
    const heir = await rehearsal.masterOtherThan(master);
    await rehearsal.until(async () => (await states())[heir] === 'UP', 'the heir is not known', SOON);
    // Until then it waits for the frozen one on a connection that is open.
    const count = plain.acks.length;
    await rehearsal.until(() => plain.acks.length > count + 100, 'it still waits for the one that was master', SOON);
    expect((await states())[`${master}-last`], 'it was not cut off from that one because of its silence').toBe('UP');

    await plain.stop();

    // Two are the last master now, and one of them answers. New connections lead to each in turn, so this client needs a limit.
    const next = client();
    await rehearsal.until(
      async () => (await states())[`${heir}-last`] === 'UP',
      'the heir is not noted as the last',
      SOON,
    );
    rehearsal.signalAgent(heir, 'SIGSTOP');
    await rehearsal.until(async () => (await states())[heir] === 'DOWN', 'a silent agent is believed for ever');
    const led = next.acks.length;
    await rehearsal.until(() => next.acks.length > led + 100, 'it is led to the one that is gone', SOON);
    rehearsal.signalAgent(heir, 'SIGCONT');
    rehearsal.thaw(master);
    await rehearsal.whole();
    await next.stop();
  });

  it('reads from replicas, and from the master where there is none', async () => {
    const { rehearsal, master, proxy } = await proxied();
    const roleRead = () => proxy.ask(['ROLE'], 6380, rehearsal.sites.password);
    expect(await roleRead()).toMatchObject({
      kind: 'reply',
      reply: ['slave', expect.anything(), 6379, 'connected', expect.anything()],
    });
    const replicas = rehearsal.servers.filter((pod) => pod !== master);
    // Their Sentinels go on: without a majority of these, the master would be fenced.
    for (const pod of replicas) rehearsal.killServer(pod, 'SIGSTOP');
    await rehearsal.until(async () => {
      const outcome = await roleRead();
      return outcome.kind === 'reply' && Array.isArray(outcome.reply) && outcome.reply[0] === 'master';
    }, 'readers are not led to the master');
    for (const pod of replicas) rehearsal.killServer(pod, 'SIGCONT');
    await rehearsal.whole();
    await rehearsal.until(async () => {
      const outcome = await roleRead();
      return outcome.kind === 'reply' && Array.isArray(outcome.reply) && outcome.reply[0] === 'slave';
    }, 'readers are not led to the replicas again');
  });
});

describe.skipIf(!hasHaproxy)('a proxy', () => {
  it('starts without any server, says that it leads nowhere, and finds nothing to warn of in its configuration', async () => {
    const rehearsal = await rehearsed(PROPS);
    const proxy = await RehearsedProxy.of(objectsOf(PROPS), rehearsal);
    expect(proxy.check()).not.toMatch(/WARNING|ALERT/);
    proxy.start();
    await rehearsal.until(async () => (await proxy.get('/livez')).status === 200, 'the proxy does not run');
    await rehearsal.until(async () => (await proxy.get('/startedz')).status === 503, 'it leads somewhere');
    expect((await proxy.get('/metrics')).text).toContain('haproxy_server_status{proxy="master",server="cache-0"');
    expect(await proxy.ask(['PING'], 6379)).toMatchObject({ kind: 'refused' });
  });

  it('starts where no name can be resolved', async () => {
    const rehearsal = await rehearsed(PROPS);
    const proxy = await RehearsedProxy.of(objectsOf(PROPS), rehearsal, false);
    proxy.start();
    await rehearsal.until(async () => (await proxy.get('/livez')).status === 200, 'the proxy does not run');
    expect((await proxy.get('/startedz')).status).toBe(503);
  });

  it('that stops softly takes nobody new, and ends with its last client', async () => {
    const { rehearsal, proxy, client } = await proxied();
    const plain = client();
    await rehearsal.until(() => plain.acks.length > 10, 'nothing is written');
    proxy.signal('SIGUSR1');
    await rehearsal.until(async () => (await proxy.ask(['PING'], 6379)).kind === 'refused', 'it takes others');
    const count = plain.acks.length;
    await rehearsal.until(() => plain.acks.length > count + 100, 'its client was cut off');
    expect(plain.connections).toBe(1);
    expect(proxy.running).toBe(true);
    await plain.stop();
    await rehearsal.until(() => !proxy.running, 'it does not end');
  });
});
