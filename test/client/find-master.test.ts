import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { findMaster, type Whereabouts } from '../../src/client/find-master.js';
import { LastingConnection } from '../../src/client/lasting-connection.js';
import { MasterWatch } from '../../src/client/watch-master.js';
import { FakeServer } from './server.js';

const atEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

/** Servers that say what role they have, and Sentinels that name one of them. */
class FakeTopology implements Whereabouts {
  readonly masterName = 'mymaster';
  readonly roles: string[] = [];
  readonly named: number[] = [];
  private readonly subscribed = new Set<Socket>();

  private constructor(
    readonly servers: FakeServer[],
    readonly watchers: FakeServer[],
  ) {}

  static async start(): Promise<FakeTopology> {
    const servers: FakeServer[] = [];
    const sentinels: FakeServer[] = [];
    const topology = new FakeTopology(servers, sentinels);
    for (const [index, host] of ['127.0.0.1', '127.0.0.2'].entries()) {
      topology.roles.push(index === 0 ? 'master' : 'slave');
      const answer = ([name]: readonly string[]) => {
        if (name === 'ROLE') return `*1\r\n+${topology.roles[index]}\r\n`;
        return topology.roles[index] === 'master' ? '+OK\r\n' : '-READONLY no\r\n';
      };
      servers.push(await FakeServer.start(answer, undefined, host));
    }
    for (const index of [0, 1]) {
      topology.named.push(0);
      const answer = ([name]: readonly string[], socket: Socket) => {
        if (name === 'SUBSCRIBE') topology.subscribed.add(socket);
        if (name === 'SUBSCRIBE') return '*3\r\n+subscribe\r\n+switch-master\r\n:1\r\n';
        if (name === 'PING') return '*2\r\n+pong\r\n+\r\n';
        const { host, port } = topology.server(topology.named[index] as number);
        return `*2\r\n+${host}\r\n+${port}\r\n`;
      };
      sentinels.push(await FakeServer.start(answer));
    }
    atEnd.push(() => Promise.all([...servers, ...sentinels].map((one) => one.stop())));
    return topology;
  }

  sentinels() {
    return this.watchers.map(({ endpoint }) => endpoint);
  }

  server(host: string | number, port?: number) {
    if (typeof host === 'string') return { host, port: port as number };
    return (this.servers[host] as FakeServer).endpoint;
  }

  /** A failover to another server, of which one Sentinel knows. */
  move(to: number, ...sentinels: number[]): void {
    for (const [index] of this.roles.entries()) this.roles[index] = index === to ? 'master' : 'slave';
    for (const index of sentinels) {
      this.named[index] = to;
      const { host, port } = this.server(to);
      const text = `${this.masterName} 127.0.0.9 6379 ${host} ${port}`;
      for (const socket of (this.watchers[index] as FakeServer).sockets) {
        if (this.subscribed.has(socket)) socket.write(`*3\r\n+message\r\n++switch-master\r\n+${text}\r\n`);
      }
    }
  }
}

function lastingOf(topology: FakeTopology, first = 0) {
  const watch = new MasterWatch(topology);
  const events: string[] = [];
  const lasting = LastingConnection.toMaster(topology, watch, { first, tell: (event) => events.push(event) });
  atEnd.push(
    () => watch.close(),
    () => lasting.close(),
  );
  return { lasting, watch, events };
}

describe('one attempt to find the master', () => {
  test('leads to the server that a Sentinel names', async () => {
    const topology = await FakeTopology.start();
    const found = (await findMaster(topology, 1)) as Connection;
    atEnd.push(() => found.close());
    expect([found.state, found.endpoint]).toEqual(['ready', topology.server(0)]);
  });

  test('does not believe a Sentinel that names a replica', async () => {
    const topology = await FakeTopology.start();
    topology.named[0] = 1;
    expect(await findMaster(topology, 0)).toMatchObject({ message: expect.stringMatching(/is not master$/) });
  });

  test('tells which Sentinel did not answer, and asks another one the next time', async () => {
    const topology = await FakeTopology.start();
    const { port } = topology.sentinels()[0] as { port: number };
    await topology.watchers[0]?.stop();
    expect(await findMaster(topology, 0)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(`:${port}`),
    });
    const found = await findMaster(topology, 1);
    expect(found).toBeInstanceOf(Connection);
    (found as Connection).close();
  });
});

describe('a connection to the master that lasts', () => {
  test('finds the new one when it is lost', async () => {
    const topology = await FakeTopology.start();
    const { lasting, events } = lastingOf(topology);
    const before = await lasting.found();
    topology.named.fill(1);
    topology.roles.splice(0, 2, 'slave', 'master');
    for (const socket of topology.servers[0]?.sockets ?? []) socket.destroy();
    await until(() => lasting.current !== undefined && lasting.current !== before);
    expect(lasting.current?.endpoint).toEqual(topology.server(1));
    expect(events.filter((event) => event !== 'error')).toEqual(['ready', 'close', 'ready']);
  });

  test('leaves one that hangs when a Sentinel names another', async () => {
    const topology = await FakeTopology.start();
    const { lasting } = lastingOf(topology, 1);
    await lasting.found();
    await until(() => topology.watchers.every(({ commands }) => commands.some(([name]) => name === 'SUBSCRIBE')));
    topology.move(1, 1);
    await until(() => lasting.current?.endpoint.host === '127.0.0.2');
  });

  test('stays where it is when another Sentinel hears of it later', async () => {
    const topology = await FakeTopology.start();
    const { lasting, watch, events } = lastingOf(topology, 1);
    await lasting.found();
    await until(() => topology.watchers.every(({ commands }) => commands.some(([name]) => name === 'SUBSCRIBE')));
    topology.move(1, 1);
    await until(() => lasting.current?.endpoint.host === '127.0.0.2');
    const count = events.length;
    const heard = new Promise((resolve) => watch.once('change', resolve));
    topology.move(1, 0);
    await heard;
    expect(events).toHaveLength(count);
  });

  test('leaves one that refuses writes as a replica, and does not send the write again', async () => {
    const topology = await FakeTopology.start();
    const { lasting } = lastingOf(topology);
    await lasting.found();
    topology.roles.splice(0, 2, 'slave', 'master');
    topology.named.fill(1);
    expect(await lasting.send(['SET', 'a', '1'], 5000)).toMatchObject({ kind: 'error' });
    await until(() => lasting.current?.endpoint.host === '127.0.0.2');
    const writes = topology.servers.flatMap(({ commands }) => commands.filter(([name]) => name === 'SET'));
    expect(writes).toHaveLength(1);
  });

  test('refuses a command at once while there is none, and says why', async () => {
    const topology = await FakeTopology.start();
    topology.roles.fill('slave');
    const { lasting } = lastingOf(topology);
    await until(() => lasting.lastFailure !== 'none');
    expect(await lasting.send(['SET', 'a', '1'], 5000)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^not connected: .* is not master$/),
    });
  });

  test('that is closed lets go of whoever waits for it', async () => {
    const topology = await FakeTopology.start();
    topology.roles.fill('slave');
    const { lasting } = lastingOf(topology);
    const waiting = lasting.found();
    lasting.close();
    expect(await waiting).toBeUndefined();
  });
});

test('a watch that lost a Sentinel tells what changed meanwhile', async () => {
  const topology = await FakeTopology.start();
  const watch = new MasterWatch(topology);
  atEnd.push(() => watch.close());
  const changes: string[] = [];
  watch.on('change', (host) => changes.push(host));
  const asked = () => topology.watchers[0]?.commands.filter(([name]) => name === 'SUBSCRIBE').length;
  await until(() => asked() === 1);
  topology.named[0] = 1;
  for (const socket of topology.watchers[0]?.sockets ?? []) socket.end();
  await until(() => asked() === 2 && changes.length > 0);
  expect(changes).toEqual(['127.0.0.2']);
});

test('clients that look for the master ask each Sentinel over one connection, as long as it stands', async () => {
  const topology = await FakeTopology.start();
  topology.roles.fill('slave');
  const watch = new MasterWatch(topology);
  const clients = [0, 1, 0].map((first) => LastingConnection.toMaster(topology, watch, { first, retryMs: 1 }));
  atEnd.push(() => watch.close(), ...clients.map((client) => () => client.close()));
  const questions = (index: number) => topology.watchers[index]?.commands.length ?? 0;
  await until(() => questions(0) > 30 && questions(1) > 30);
  // The other is the subscription.
  expect(topology.watchers.map(({ sockets }) => sockets.size)).toEqual([2, 2]);
  for (const socket of topology.watchers[0]?.sockets ?? []) socket.destroy();
  const before = questions(0);
  await until(() => questions(0) > before + 30);
});

/** The suite's own time-out ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
