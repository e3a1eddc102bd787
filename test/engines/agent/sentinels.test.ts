import { describe, expect, it, onTestFinished } from 'vitest';
import { Results } from '../../../src/agent/program/act/results.js';
import { SentinelOrders } from '../../../src/agent/program/act/sentinel-orders.js';
import type { Needs } from '../../../src/agent/program/decide/orders.js';
import { SentinelEvents } from '../../../src/agent/program/know/sentinel-events.js';
import { Sentinels } from '../../../src/agent/program/know/sentinels.js';
import { fieldsOf } from '../../../src/client/sentinel.js';
import { freshAddress } from '../../agent/support/addresses.js';
import { type EngineServer, hasEngine, PASSWORD, startServer } from '../../agent/support/engine.js';
import { startSentinels } from '../../agent/support/sentinel.js';
import { surroundings } from '../../agent/support/surroundings.js';
import { sleep, until } from '../../agent/support/wait.js';

/** An agent's knowledge of real Sentinels, and its orders to them; itself it is in the pod of the first. */
async function topology({ count = 3, engine = 'redis', needs = {} as Needs } = {}) {
  const master = await startServer({ engine });
  const processes = await startSentinels(master.host, count, { engine });
  const around = surroundings(processes.map(({ host }) => host));
  const sentinels = new Sentinels(around);
  const results = new Results(
    () => around.clock.now(),
    () => {},
  );
  const orders = new SentinelOrders(around, sentinels, results);
  const timer = setInterval(() => {
    const now = around.clock.now();
    sentinels.tend(now);
    sentinels.want(needs, now);
  }, 5);
  onTestFinished(() => clearInterval(timer));
  const seen = (place: number) =>
    sentinels.seen.get(processes[place]?.host ?? '') as NonNullable<ReturnType<typeof sentinels.seen.get>>;
  return { master, processes, around, sentinels, results, orders, seen };
}

const fields = async (sentinel: EngineServer) => fieldsOf(await sentinel.redis('SENTINEL', 'MASTER', 'mymaster'));

describe('a Sentinel', () => {
  it('says whom it names, and that it has met it', async () => {
    const { seen, master } = await topology({ needs: { sentinels: 50 } });
    await until(() => seen(2).view?.met === true, 'it has met the master');
    expect(seen(2).view).toMatchObject({
      master: master.host,
      epoch: 1,
      subjectivelyDown: false,
      failoverInProgress: false,
    });
  });

  it('tells of replicas, and the own one whether any is linked', async () => {
    const { seen, master } = await topology({ needs: { nearest: 50, allReplicas: 50 } });
    const replica = freshAddress();
    const link = [
      '--replicaof',
      `${master.host} 6379`,
      '--masterauth',
      'test-password',
      '--replica-announce-ip',
      replica,
    ];
    await startServer({ host: replica }, ...link);
    await until(() => seen(0).view?.hasLinkedReplica === true, 'a linked replica', 25_000);
    expect(seen(0).replicas?.get(replica)).toBe('slave');
    expect(seen(1).view?.hasLinkedReplica).toBeUndefined();
  }, 40_000);

  it('tells that it asks for votes, and that it was elected', async () => {
    const { seen, master, processes } = await topology({ needs: { sentinels: 3 } });
    const [own, ...others] = processes as [EngineServer, ...EngineServer[]];
    const follow = ['--replicaof', `${master.host} 6379`, '--masterauth', PASSWORD];
    // It never becomes master, so whoever is elected stays at its failover.
    await startServer({ host: freshAddress() }, ...follow, '--rename-command', 'SLAVEOF', '');
    const counted = async () =>
      (await fields(own)).get('num-slaves') === '1' && (await fields(own)).get('num-other-sentinels') === '2';
    await until(counted, 'all are known', 25_000);
    // It alone considers the master down, and nobody votes while the others stand still.
    for (const [name, value] of Object.entries({ quorum: '1', 'down-after-milliseconds': '500' })) {
      await own.redis('SENTINEL', 'SET', 'mymaster', name, value);
    }
    for (const other of others) other.process.kill('SIGSTOP');
    await master.kill();
    const failover = () => seen(0).view?.failoverInProgress && seen(0).view;
    await until(() => Boolean(failover()), 'it is at a failover', 10_000);
    expect(failover()).toMatchObject({ elected: false });
    for (const other of others) other.process.kill('SIGCONT');
    await until(() => seen(0).view?.elected === true, 'it is elected', 10_000);
    expect(failover()).toMatchObject({ elected: true });
  }, 60_000);

  it('tells how much of a processor it takes', async () => {
    const { sentinels } = await topology({ count: 1, needs: { cpu: 100 } });
    // A share of one tick in a short time is much.
    await until(() => (sentinels.cpu?.percent ?? 100) < 25, 'the share of one that idles');
  });

  it('is set up anew with each connection, since its DEBUG settings live in memory only', async () => {
    const { processes, seen, around } = await topology({ needs: { nearest: 50 } });
    const [own] = processes as [EngineServer];
    const tilt = async () => fieldsOf(await own.redis('SENTINEL', 'DEBUG')).get('TILT-PERIOD');
    await until(async () => (await tilt()) === '5000', 'the setting');
    await own.redis('SENTINEL', 'DEBUG', 'TILT-PERIOD', '30000');
    await own.redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(async () => (await tilt()) === '5000', 'the setting again');
    expect(seen(0).contact).toBe('answered');
    expect(around.said).toEqual([]);
  });

  it('tells of what happens at once, on a subscription that survives its restart', async () => {
    const { processes, around, master } = await topology();
    let told = 0;
    const events = new SentinelEvents(around, () => told++);
    const timer = setInterval(() => events.tend(around.clock.now()), 20);
    onTestFinished(() => clearInterval(timer));
    const [own] = processes as [EngineServer];
    const subscribed = async (one: EngineServer) => / sub=[1-9]/.test(String(await one.redis('CLIENT', 'LIST')));
    await until(() => subscribed(own), 'subscribed');
    await own.kill();
    const [again] = (await startSentinels(master.host, 1, { addresses: [own.host] })) as [EngineServer];
    await until(() => subscribed(again), 'subscribed anew');
    await again.redis('SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', '100');
    await master.kill();
    await until(() => told > 0, 'told of +sdown');
  });
});

describe.each(['redis', 'valkey'])('of %s', (engine) => {
  const skip = !hasEngine(engine);

  it.skipIf(skip)(
    'Sentinels give a vote in an epoch once, and say so to whoever asks without wanting one',
    async () => {
      const { orders, results, seen, processes, around, master } = await topology({ engine });
      orders.askGivenVotes(master.host, 1);
      await until(() => results.map.has(1), 'all have answered');
      expect([0, 1, 2].map((place) => seen(place).vote?.leader)).toEqual(['*', '*', '*']);
      orders.askVotes(master.host, 2, 2);
      await until(() => results.map.has(2), 'all have voted');
      expect(results.map.get(2)).toBe('done');
      for (const place of [0, 1, 2]) {
        expect(seen(place).vote).toEqual({ order: 2, leader: around.plan.electorId, epoch: 2 });
      }
      orders.askGivenVotes(master.host, 3);
      await until(() => results.map.has(3), 'all have answered');
      expect(seen(1).vote).toEqual({ order: 3, leader: around.plan.electorId, epoch: 2 });
      // Another that asks in the same epoch is told for whom the vote was.
      const another = processes[2] as EngineServer;
      const request = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', master.host, '6379', '2', 'f'.repeat(40)];
      expect(await another.redis(...request)).toContain(around.plan.electorId);
    },
  );

  it.skipIf(skip)('all Sentinels take what they are told in the name of another, and keep it on disk', async () => {
    const { orders, results, processes } = await topology({ engine });
    const heir = await startServer({ engine });
    orders.announce(heir.host, 2, 1);
    await until(() => results.map.has(1), 'all were told');
    expect(results.map.get(1)).toBe('done');
    for (const sentinel of processes) {
      const known = await fields(sentinel);
      expect({ ip: known.get('ip'), epoch: known.get('config-epoch') }).toEqual({ ip: heir.host, epoch: '2' });
      expect(known.get('num-other-sentinels')).toBe('2');
    }
    orders.flush(2);
    await until(() => results.map.get(2) === 'done', 'all have written');
  });
});

describe('orders to Sentinels', () => {
  it('do not wait for one that hangs, and say that not all were told', async () => {
    const { orders, results, processes, seen, master } = await topology({ needs: { sentinels: 50 } });
    await until(() => seen(2).contact === 'answered', 'connected');
    processes[2]?.process.kill('SIGSTOP');
    orders.askVotes(master.host, 5, 7);
    await until(() => seen(0).vote !== undefined && seen(1).vote !== undefined, 'two votes', 500);
    expect(results.map.has(7)).toBe(false);
    await until(() => results.map.has(7), 'the limit', 3000);
    expect(results.map.get(7)).toBe('failed');
    expect(seen(2).vote).toBeUndefined();
  });

  it('set down-after of the own one, or of all', async () => {
    const { orders, processes, seen } = await topology({ needs: { sentinels: 50 } });
    await until(() => [0, 1, 2].every((place) => seen(place).contact === 'answered'), 'connected');
    const limits = async () =>
      Promise.all(processes.map(async (one) => (await fields(one)).get('down-after-milliseconds')));
    orders.setDownAfter(4000, 'own');
    await until(async () => (await limits())[0] === '4000', 'the own one');
    await sleep(100);
    expect(await limits()).toEqual(['4000', '60000', '60000']);
    orders.setDownAfter(5000, 'all');
    await until(async () => (await limits()).every((limit) => limit === '5000'), 'all');
  });

  it('have the own one make its links anew', async () => {
    const { orders, processes, master } = await topology();
    const links = async () => {
      const list = String(await master.redis('CLIENT', 'LIST')).split('\n');
      return list.filter((line) => line.includes('name=sentinel-')).map((line) => line.split(' ', 1)[0]);
    };
    await until(async () => (await links()).length === 6, 'two links of each');
    const before = await links();
    orders.reconnect();
    await until(async () => {
      const now = await links();
      return now.length === 6 && now.filter((id) => !before.includes(id)).length === 2;
    }, 'two links are new');
    expect((await fields(processes[0] as EngineServer)).get('flags')).toBe('master');
  });
});
