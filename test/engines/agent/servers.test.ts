import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineProcess } from '../../../src/agent/program/decide/known.js';
import type { Needs } from '../../../src/agent/program/decide/orders.js';
import { CONFIRM_CHANNEL } from '../../../src/agent/program/know/own-server.js';
import { Servers } from '../../../src/agent/program/know/servers.js';
import { Connection } from '../../../src/client/connection.js';
import { freshAddress } from '../../agent/support/addresses.js';
import { PASSWORD, PORT, startServer } from '../../agent/support/engine.js';
import { surroundings, type TestSurroundings } from '../../agent/support/surroundings.js';
import { sleep, until } from '../../agent/support/wait.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Asks again and again, as the agent's driver does. */
function watched(around: TestSurroundings, needs: Needs) {
  const servers = new Servers(around);
  const timer = setInterval(() => {
    const now = around.clock.now();
    servers.tend(now);
    servers.want(needs, now);
  }, 5);
  onTestFinished(() => clearInterval(timer));
  const seen = (address = around.plan.me) =>
    servers.seen.get(address) as NonNullable<ReturnType<typeof servers.seen.get>>;
  return { servers, seen, now: () => around.clock.now() };
}

const NOBODY = '127.0.0.99';

describe('the own server', () => {
  it('answers what it is, and how many replicas confirm', async () => {
    const server = await startServer();
    const { seen, servers } = watched(surroundings([server.host]), { own: 100, confirmed: 50 });
    await until(() => servers.own?.confirmed !== undefined, 'a round of WAIT');
    expect(seen()).toMatchObject({ contact: 'answered', info: { role: 'master', loading: false } });
    expect(servers.own?.confirmed?.replicas).toBe(0);
    expect(seen().infoAt).toBe(seen().askedAt);
  });

  it('is not taken to be confirmed by what its former life was told, when its container starts anew', async () => {
    const server = await startServer();
    const { servers } = watched(surroundings([server.host]), { own: 100, confirmed: 60_000 });
    const own = servers.own as NonNullable<typeof servers.own>;
    // One object, whose content changes, as its container has it.
    const container: Mutable<EngineProcess> = { state: 'running', since: 0 };
    own.does(container);
    await until(() => own.confirmed !== undefined, 'a round of WAIT');
    container.state = 'waiting';
    own.does(container);
    expect(own.confirmed).toBeDefined();
    container.state = 'running';
    own.does(container);
    expect(own.confirmed).toBeUndefined();
  });

  // Four answers a second of each idle master; to decide on each of them again is what its agent would mostly do.
  it.each([
    ['as many replicas confirm as before', '0', true],
    ['too few replicas confirm', '1', false],
  ])('wakes its agent only for news: %s', async (_, minReplicas, asleep) => {
    const server = await startServer();
    const around = surroundings([server.host], { MIN_REPLICAS: minReplicas });
    const { servers } = watched(around, { confirmed: 150, own: 60_000 });
    await until(() => servers.own?.confirmed !== undefined, 'a round of WAIT');
    await sleep(100);
    const [changes, repeats] = [around.changes(), around.repeats()];
    await sleep(1500);
    expect(around.changes() - changes > 2).toBe(!asleep);
    expect(around.repeats() - repeats > 2).toBe(asleep);
  });

  // Someone listens on the channel, so PUBLISH would answer 1; nobody confirms, so WAIT answers 0.
  it('has the server keep the answer to PUBLISH: the one answer of a round is that of WAIT', async () => {
    const server = await startServer();
    const listener = Connection.open({ host: server.host, port: PORT, password: PASSWORD });
    onTestFinished(() => listener.close());
    await listener.send(['SUBSCRIBE', CONFIRM_CHANNEL]);
    const { servers } = watched(surroundings([server.host], { MIN_REPLICAS: '1' }), { own: 60_000, confirmed: 50 });
    const counts = new Set<number | undefined>();
    let rounds = 0;
    for (let last = -Infinity; rounds < 5; await sleep(2)) {
      const { confirmed } = servers.own ?? {};
      if (confirmed === undefined || confirmed.askedAt === last) continue;
      last = confirmed.askedAt;
      counts.add(confirmed.replicas);
      rounds++;
    }
    expect([...counts]).toEqual([0]);
    // SUBSCRIBE, CLIENT and PUBLISH were carried out, and the agent woke up for WAIT alone.
    expect(String(await server.redis('INFO', 'commandstats'))).toMatch(/cmdstat_publish:calls=[5-9]/);
  });

  it('that is killed is refused without being asked, and answers again soon after its return', async () => {
    const server = await startServer();
    // So seldom asked, only its end can tell.
    const { seen } = watched(surroundings([server.host]), { own: 60_000 });
    await until(() => seen().contact === 'answered', 'an answer');
    await server.kill();
    await until(() => seen().contact === 'refused', 'refused');
    await startServer({ host: server.host });
    await until(() => seen().contact === 'answered', 'an answer of the next one');
  });

  it('that is stopped owes an answer since it was asked, and is given up with the silence going on', async () => {
    const server = await startServer();
    const { seen, now } = watched(surroundings([server.host]), { own: 50 });
    await until(() => seen().contact === 'answered', 'an answer');
    const stoppedAt = now();
    server.process.kill('SIGSTOP');
    await sleep(1000);
    expect(seen().contact).toBe('answered');
    const { pendingSince = Number.NaN } = seen();
    expect(pendingSince).toBeGreaterThan(stoppedAt - 100);
    expect(pendingSince).toBeLessThan(stoppedAt + 1000);
    await until(() => seen().contact === 'silent', 'given up');
    expect(seen().pendingSince).toBe(pendingSince);
    server.process.kill('SIGCONT');
    await until(() => seen().contact === 'answered', 'an answer');
    expect(seen().pendingSince ?? Infinity).toBeGreaterThan(stoppedAt + 1000);
  });

  it('that cannot be connected to owes nothing before 5 s', async () => {
    const host = freshAddress();
    // Takes connections, and says nothing.
    const listener = createServer().listen(PORT, host);
    onTestFinished(() => void listener.close());
    const { seen, now } = watched(surroundings([host]), { own: 50 });
    const begun = now();
    await sleep(3000);
    expect(seen()).toMatchObject({ contact: 'unknown', pendingSince: undefined });
    await until(() => seen().pendingSince !== undefined, 'owes an answer', 6000);
    expect(now() - begun).toBeGreaterThan(4900);
    expect(seen().pendingSince).toBeGreaterThan(begun + 4900);
  }, 20_000);

  it('that takes connections and closes them lives: it is never refused, for that has a successor chosen', async () => {
    const host = freshAddress();
    const listener = createServer((socket) => socket.destroy()).listen(PORT, host);
    onTestFinished(() => void listener.close());
    const { seen } = watched(surroundings([host]), { own: 20 });
    const contacts = new Set<string>();
    const timer = setInterval(() => contacts.add(seen().contact), 1);
    onTestFinished(() => clearInterval(timer));
    await until(() => seen().contact === 'busy', 'it lives');
    await sleep(500);
    expect([...contacts]).not.toContain('refused');
  });

  it.each([
    ['the second', { password: 'new', accepted: PASSWORD }, 'answered'],
    ['neither', { password: 'new', accepted: 'newer' }, 'denied'],
  ])('that takes %s password of the pod is %#', async (_, passwords, contact) => {
    const server = await startServer();
    const { seen } = watched(surroundings([server.host], {}, passwords), { own: 50, confirmed: 50 });
    await until(() => seen().contact === contact, contact);
  });

  it('with no room for clients goes on answering on the connections that stand', async () => {
    const server = await startServer({}, '--maxclients', '10');
    const { seen, now } = watched(surroundings([server.host]), { own: 50, confirmed: 50 });
    await until(() => seen().contact === 'answered', 'an answer');
    const sockets = Array.from({ length: 20 }, () => connect(PORT, server.host).on('error', () => {}));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await sleep(300);
    const fullAt = now();
    await until(() => seen().infoAt > fullAt, 'it goes on answering');
    expect(seen().contact).toBe('answered');
  });

  it('with no room from the beginning lives, and does not say', async () => {
    const server = await startServer({}, '--maxclients', '1');
    const socket = connect(PORT, server.host);
    onTestFinished(() => void socket.destroy());
    await until(() => socket.readyState === 'open', 'the one client');
    const { seen } = watched(surroundings([server.host]), { own: 50 });
    await until(() => seen().contact === 'busy', 'busy');
  });

  it('whose writes are paused answers what it is while PUBLISH waits', async () => {
    const server = await startServer();
    const { seen, servers, now } = watched(surroundings([server.host]), { own: 50, confirmed: 50 });
    await until(() => servers.own?.confirmed !== undefined, 'a round of WAIT');
    await server.redis('CLIENT', 'PAUSE', '60000', 'WRITE');
    const pausedAt = now();
    await until(() => now() - (servers.own?.confirmPendingSince ?? now()) > 500, 'PUBLISH waits');
    expect(servers.own?.confirmPendingSince).toBeGreaterThan(pausedAt - 100);
    const waitingAt = now();
    await until(() => seen().infoAt > waitingAt, 'it goes on answering');
    expect(seen().pendingSince ?? Infinity).toBeGreaterThan(waitingAt);
    expect(servers.own?.confirmPendingSince).toBeLessThan(waitingAt);
    await server.redis('CLIENT', 'UNPAUSE');
    await until(() => servers.own?.confirmPendingSince === undefined, 'PUBLISH is answered');
  });

  it('keeps its connections when all normal clients are dropped', async () => {
    const server = await startServer();
    const { seen, servers } = watched(surroundings([server.host]), { own: 20, confirmed: 20 });
    await until(() => servers.own?.confirmed !== undefined, 'a round of WAIT');
    const contacts = new Set<string>();
    const timer = setInterval(() => contacts.add(seen().contact), 1);
    await server.redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await sleep(200);
    clearInterval(timer);
    expect([...contacts]).toEqual(['answered']);
  });
});

describe('another server', () => {
  it('is not connected to before it is asked', async () => {
    const [own, other] = [await startServer(), await startServer()];
    const { seen } = watched(surroundings([own.host, other.host]), { own: 50 });
    await until(() => seen().contact === 'answered', 'an answer');
    expect(String(await other.redis('CLIENT', 'LIST'))).not.toContain('name=agent');
    expect(seen(other.host)).toMatchObject({ contact: 'unknown', askedAt: -Infinity, pendingSince: undefined });
  });

  it('that is not there is refused, and asked again and again', async () => {
    const own = await startServer();
    const { seen } = watched(surroundings([own.host, NOBODY]), { servers: 100 });
    await until(() => seen(NOBODY).contact === 'refused', 'refused');
    const { askedAt } = seen(NOBODY);
    await until(() => seen(NOBODY).askedAt > askedAt, 'asked again');
  });

  it('that hangs owes an answer from the connecting on', async () => {
    const own = await startServer();
    const hung = await startServer();
    hung.process.kill('SIGSTOP');
    const { seen, now } = watched(surroundings([own.host, hung.host]), { servers: 50 });
    const begun = now();
    await until(() => seen(hung.host).pendingSince !== undefined, 'owes an answer');
    await sleep(1500);
    expect(seen(hung.host).pendingSince).toBeLessThan(begun + 1500);
    hung.process.kill('SIGCONT');
    await until(() => seen(hung.host).contact === 'answered', 'answers');
    await until(() => seen(hung.host).pendingSince === undefined, 'owes nothing');
  });

  it('shows its position', async () => {
    const own = await startServer();
    const candidate = await startServer({}, '--cluster-announce-hostname', 'position.4.4711.23');
    const { seen } = watched(surroundings([own.host, candidate.host]), { positions: 50 });
    await until(() => seen(candidate.host).positionAt > 0 && seen().positionAt > 0, 'both were asked');
    expect(seen(candidate.host).position).toEqual({ epoch: 4, offset: 4711, bytes: 23 });
    expect(seen().position).toBeUndefined();
    await candidate.redis('CONFIG', 'SET', 'cluster-announce-hostname', '');
    await until(() => seen(candidate.host).position === undefined, 'it takes it back');
  });
});
