import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Actor } from '../../../src/agent/program/act/actor.js';
import type { Engines } from '../../../src/agent/program/act/engines.js';
import { Results } from '../../../src/agent/program/act/results.js';
import { SentinelOrders } from '../../../src/agent/program/act/sentinel-orders.js';
import { VolumeFacts } from '../../../src/agent/program/act/volume-facts.js';
import type { Order } from '../../../src/agent/program/decide/orders.js';
import { Sentinels } from '../../../src/agent/program/know/sentinels.js';
import { Servers } from '../../../src/agent/program/know/servers.js';
import { type EngineServer, startServer } from '../../agent/support/engine.js';
import { surroundings } from '../../agent/support/surroundings.js';
import { until } from '../../agent/support/wait.js';

const NOBODY = '127.0.0.99';
const START: Order = { do: 'start-server', as: 'master' };

/** An actor with real servers, and engines that only note what they are told. */
function acting(hosts: readonly string[]) {
  const around = surroundings(hosts);
  const servers = new Servers(around);
  const now = () => around.clock.now();
  const results = new Results(now, () => {});
  const begun: string[] = [];
  const engines = {
    startServer: async (order: Order) => void begun.push(order.do),
    startSentinel: async (order: Order) => void begun.push(order.do),
    endServer: () => void begun.push('end-server'),
  } as unknown as Engines;
  const orders = new SentinelOrders(around, new Sentinels(around), results);
  const actor = new Actor(around, servers, orders, engines, new VolumeFacts(around.settings.dataDir), results);
  const timer = setInterval(() => {
    servers.tend(now());
    servers.want({ own: 20 }, now());
  }, 5);
  onTestFinished(() => clearInterval(timer));
  const ended = async (number: number) => {
    await until(() => results.map.has(number), `order ${number} ends`);
    return results.map.get(number);
  };
  const seen = () => servers.seen.get(around.plan.me);
  return { around, actor, ended, begun, seen };
}

describe('orders to the own server', () => {
  it('set what they say', async () => {
    const server = await startServer({}, '--databases', '17');
    const { actor } = acting([server.host]);
    const has = (setting: string, value: string) =>
      until(
        async () => String(await server.redis('CONFIG', 'GET', setting)) === `${setting},${value}`,
        `${setting} is ${value}`,
      );
    actor.carryOut({ do: 'set-priority', value: 42 });
    await has('replica-priority', '42');
    actor.carryOut({ do: 'show-position', position: { epoch: 1, offset: 2, bytes: 3 } });
    await has('cluster-announce-hostname', 'position.1.2.3');
    actor.carryOut({ do: 'show-position' });
    await has('cluster-announce-hostname', '');
  });

  it('write the mark into its own database, and into no other', async () => {
    const server = await startServer({}, '--databases', '17');
    const { actor } = acting([server.host]);
    const marked = async () =>
      String(await server.redis('EVAL', "redis.call('SELECT', 16) return redis.call('GET', 'agent:mark')", '0'));
    for (const [epoch, offset] of [
      [3, 100],
      [3, 200],
    ] as const) {
      actor.carryOut({ do: 'mark', epoch, offset });
      await until(async () => (await marked()) === `${epoch}/${offset}`, 'the mark');
    }
    await server.redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    actor.carryOut({ do: 'mark', epoch: 4, offset: 300 });
    await until(async () => (await marked()) === '4/300', 'the mark on a new connection');
    expect(await server.redis('DBSIZE')).toBe(0);
  });

  it('write no mark where there is no such database', async () => {
    const server = await startServer();
    const { actor } = acting([server.host]);
    actor.carryOut({ do: 'mark', epoch: 3, offset: 100 });
    await until(async () => String(await server.redis('CLIENT', 'LIST')).includes('name=agent-mark'), 'it was tried');
    await until(
      async () => String(await server.redis('INFO', 'errorstats')).includes('errorstat_ERR'),
      'it was refused',
    );
    expect(await server.redis('INFO', 'keyspace')).not.toContain('db');
  });

  it('pause writes, and lift the pause although a mark waits', async () => {
    const server = await startServer({}, '--databases', '17');
    const { actor, ended } = acting([server.host]);
    actor.carryOut({ do: 'pause', ms: 60_000, number: 1 });
    expect(await ended(1)).toBe('done');
    actor.carryOut({ do: 'mark', epoch: 3, offset: 100 });
    await until(
      async () => String(await server.redis('INFO', 'clients')).includes('blocked_clients:1'),
      'the mark waits',
    );
    actor.carryOut({ do: 'unpause' });
    await until(
      async () => String(await server.redis('INFO', 'clients')).includes('blocked_clients:0'),
      'the mark is written',
    );
  });

  it('ask at once what the server is, when it was told to be something else', async () => {
    const server = await startServer();
    const { actor, seen } = acting([server.host]);
    await until(() => seen()?.info?.role === 'master', 'master');
    actor.carryOut({ do: 'follow', server: server.host, master: NOBODY });
    await until(() => seen()?.info?.role === 'replica', 'a replica', 200);
    expect(seen()?.info?.master).toBe(NOBODY);
  });
});

describe('the result of an order', () => {
  it.each([
    ['is done where the server carried it out', async (other: EngineServer) => other.host, 'done'],
    ['is refused where nobody listens: it was certainly not carried out', async () => NOBODY, 'refused'],
    [
      'is failed where no answer comes: it may be carried out yet',
      async (other: EngineServer) => {
        other.process.kill('SIGSTOP');
        return other.host;
      },
      'failed',
    ],
    [
      'is refused where the password is',
      async (other: EngineServer) => {
        await other.redis('CONFIG', 'SET', 'requirepass', 'another');
        return other.host;
      },
      'refused',
    ],
  ])('%s', async (_, prepare, result) => {
    const [own, other] = [await startServer(), await startServer()];
    const { actor, ended } = acting([own.host, other.host, NOBODY]);
    actor.carryOut({ do: 'follow', server: await prepare(other), number: 3 });
    expect(await ended(3)).toBe(result);
  });

  it('is known of a server too that is none of the topology’s', async () => {
    const [own, stranger] = [await startServer(), await startServer()];
    const { actor, ended } = acting([own.host]);
    actor.carryOut({ do: 'follow', server: stranger.host, master: own.host, number: 3 });
    expect(await ended(3)).toBe('done');
    expect(await stranger.redis('ROLE')).toContain(own.host);
    await until(
      async () => !String(await stranger.redis('CLIENT', 'LIST')).includes('name=agent'),
      'it is not stayed with',
    );
  });
});

describe('orders that go through files', () => {
  it('are carried out one after the other: the fact is there before the server starts', async () => {
    const server = await startServer();
    const { actor, around, begun } = acting([server.host]);
    const fact = join(around.settings.dataDir, 'redis.incomplete');
    let there: boolean | undefined;
    const push = begun.push.bind(begun);
    begun.push = (...words) => {
      there = existsSync(fact);
      return push(...words);
    };
    actor.carryOut({ do: 'set-fact', fact: 'incomplete', holds: true });
    actor.carryOut(START);
    await until(() => begun.length > 0, 'started');
    expect(there).toBe(true);
    actor.carryOut({ do: 'set-fact', fact: 'incomplete', holds: false });
    await until(() => !existsSync(fact), 'the fact is gone');
  });

  it('start nothing where a fact cannot be written, until it can', async () => {
    const server = await startServer();
    const { actor, around, begun } = acting([server.host]);
    const { dataDir } = around.settings;
    const blocker = join(dataDir, 'redis.incomplete');
    // A folder in the file's place: the same refusal for root, whom a read-only mode does not stop.
    mkdirSync(blocker);
    actor.carryOut({ do: 'set-fact', fact: 'incomplete', holds: true });
    actor.carryOut(START);
    await until(() => around.said.length === 2, 'said');
    expect(around.said[1]).toContain('incomplete cannot be written; nothing was started');
    expect(begun).toEqual([]);
    rmdirSync(blocker);
    actor.carryOut({ do: 'set-fact', fact: 'incomplete', holds: true });
    actor.carryOut(START);
    await until(() => begun.length > 0, 'started');
  });

  it('release the hook, and forget what a person ordered', async () => {
    const server = await startServer();
    const { actor, around } = acting([server.host]);
    const { runDir } = around.settings;
    writeFileSync(join(runDir, 'promote'), '');
    actor.carryOut({ do: 'forget-promote' });
    actor.carryOut({ do: 'release-hook' });
    expect(existsSync(join(runDir, 'promote'))).toBe(false);
    expect(readFileSync(join(runDir, 'hand-over.done'), 'utf8')).toBe('');
  });
});
