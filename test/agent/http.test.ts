import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Clock } from '../../src/agent/program/clock.js';
import { newMemory } from '../../src/agent/program/decide/agent.js';
import { type Belief, beliefOf, Held, HOLD_MS, statusFor } from '../../src/agent/program/http/held.js';
import { metrics, metricsBefore } from '../../src/agent/program/http/metrics.js';
import { type NotReady, type ReadinessOf, whyNotReady } from '../../src/agent/program/http/readiness.js';
import { type Pages, serveHttp } from '../../src/agent/program/http/server.js';
import { RoomGauge } from '../../src/agent/program/know/room.js';
import { Tally } from '../../src/agent/program/tally.js';
import { freshAddress } from './support/addresses.js';
import { type Knowledge, knowing, ME, NOW, OTHER, REPLICA } from './support/knowledge.js';

const ALL_OTHER: [string, number][] = [
  [OTHER, 4],
  [OTHER, 4],
  [OTHER, 4],
];

describe('readiness', () => {
  const FENCED = { durable: { ...newMemory().durable, fenced: true } };
  it.each<[ReadinessOf, string, Knowledge, RegExp | undefined]>([
    ['redis', 'a master', {}, undefined],
    ['redis', 'a replica in step', { info: REPLICA }, undefined],
    ['redis', 'a replica without its link', { info: { ...REPLICA, linkUp: false } }, /no link to its master 10.0.0.1/],
    ['redis', 'a replica that receives a copy', { info: { ...REPLICA, syncing: true } }, /full copy/],
    ['redis', 'a server that loads', { info: { loading: true } }, /reads its file/],
    ['redis', 'a server that is gone', { contact: 'refused' }, /does not answer \(refused\)/],
    ['redis', 'a server that has not answered for long', { infoAt: NOW - 7000 }, /has not answered for 7 s/],
    ['redis', 'a pod without a server', { parts: 'sentinel' }, /no server in this pod/],
    ['sentinel', 'one that names a master', {}, undefined],
    ['sentinel', 'one that alone names a master', { named: [undefined, [OTHER, 1], undefined] }, undefined],
    ['sentinel', 'one that does not answer', { named: [[ME, 4], undefined, [ME, 4]] }, /does not answer \(silent\)/],
    ['sentinel', 'one that has not answered for long', { viewAt: NOW - 6000 }, /has not answered for 6 s/],
    ['sentinel', 'a pod without one', { parts: 'server' }, /no Sentinel in this pod/],
    ['master', 'the master that all name', {}, undefined],
    ['master', 'the master that a majority names', { named: [undefined, [ME, 4], [ME, 4]] }, undefined],
    ['replica', 'a replica in step with the master that is named', { info: REPLICA, named: ALL_OTHER }, undefined],
    ['replica', 'a master', {}, /is the master/],
    ['replica', 'one without its link', { info: { ...REPLICA, linkUp: false }, named: ALL_OTHER }, /no link/],
    ['replica', 'one that follows the last master', { info: REPLICA }, /follows 10.0.0.1, the Sentinels name 10.0.0.2/],
    ['master', 'a replica', { info: REPLICA }, /is a replica/],
    ['master', 'a master that is gone', { contact: 'refused' }, /does not answer/],
    [
      'master',
      'a master that is replaced',
      {
        named: [
          [OTHER, 5],
          [ME, 4],
          [ME, 4],
        ],
      },
      /name 10.0.0.1/,
    ],
    [
      'master',
      'two in one epoch',
      {
        named: [
          [OTHER, 4],
          [ME, 4],
          [ME, 4],
        ],
      },
      /name two masters/,
    ],
    [
      'master',
      'a newer one that not all know yet',
      {
        named: [
          [ME, 5],
          [OTHER, 4],
          [OTHER, 4],
        ],
      },
      /1 of 3 Sentinels name this server/,
    ],
    [
      'master',
      'a minority that answers',
      { named: [undefined, [ME, 4], undefined] },
      /1 of 3 Sentinels answer, 2 must/,
    ],
    ['master', 'a fenced one', { memory: FENCED }, /writes are paused/],
    ['master', 'one that hands over', { memory: { handOver: { phase: 'elect' } } }, /a hand-over is at work/],
  ])('of %s: %s', (of, _, input, reason) => {
    const { known, memory } = knowing(input);
    const why = whyNotReady(of, known, memory, NOW)?.reason;
    if (reason) expect(why).toMatch(reason);
    else expect(why).toBeUndefined();
  });
});

describe('what HAProxy is answered', () => {
  const FENCED = { durable: { ...newMemory().durable, fenced: true } };

  // The difference decides whether it gets new connections from this moment on, or is given time.
  it.each<[ReadinessOf, string, Knowledge, boolean]>([
    ['master', 'a replica', { info: REPLICA }, true],
    ['master', 'a fenced one', { memory: FENCED }, true],
    ['master', 'one that hands over', { memory: { handOver: { phase: 'elect' } } }, true],
    ['master', 'one in whose place another is named', { named: ALL_OTHER }, true],
    ['master', 'one at whose port nobody listens', { contact: 'refused' }, true],
    ['master', 'one that has not answered for long', { infoAt: NOW - 7000 }, false],
    ['master', 'one that a minority names', { named: [undefined, [ME, 4], undefined] }, false],
    ['replica', 'the master', {}, true],
    ['replica', 'one that follows the last master', { info: REPLICA }, false],
    ['replica', 'one that copies', { info: { ...REPLICA, syncing: true }, named: ALL_OTHER }, false],
  ])('is certain or not of %s: %s', (of, _, input, certain) => {
    const { known, memory } = knowing(input);
    expect(whyNotReady(of, known, memory, NOW)?.certain).toBe(certain);
  });

  it.each([
    ['UP; name=master/cache-0; node=x', 'up'],
    ['UP 4/4; name=master/cache-0', 'up'],
    ['UP 3/4; name=master/cache-0', 'doubted'],
    ['NOLB; name=master/cache-0', 'stopping'],
    ['NOLB 2/4; name=master/cache-0', 'stopping'],
    ['DOWN; name=master/cache-0', 'down'],
    ['DOWN 1/2; name=master/cache-0', 'down'],
    ['MAINT', undefined],
    [undefined, undefined],
  ] as const)('follows from what it believes: %s', (header, belief) => {
    expect(beliefOf(header)).toBe(belief);
  });

  const CERTAIN: NotReady = { reason: 'a replica', certain: true };
  const DOUBT: NotReady = { reason: 'starting', certain: false };
  it.each<[Belief, number | undefined, number | undefined, number | undefined]>([
    // Ready, certainly not, not known to be; nothing: it waits.
    ['up', undefined, 404, 503],
    ['doubted', 200, 404, 503],
    ['stopping', 200, 503, 503],
    ['down', 200, undefined, undefined],
  ])('%s: %s, %s, %s', (belief, ready, certain, doubt) => {
    expect([undefined, CERTAIN, DOUBT].map((why) => statusFor(belief, why))).toEqual([ready, certain, doubt]);
  });
});

describe('the room on a volume', () => {
  it('is known once somebody has asked', async () => {
    const gauge = new RoomGauge('/');
    expect(gauge.read()).toBeUndefined();
    await until(() => gauge.read() !== undefined);
    const { size = 0, available = 0 } = gauge.read() ?? {};
    expect(size).toBeGreaterThan(available);
    expect(available).toBeGreaterThanOrEqual(0);
  });

  it('of one that is not there is never known, and nobody is held up', async () => {
    const gauge = new RoomGauge('/nowhere');
    gauge.read();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(gauge.read()).toBeUndefined();
  });
});

describe('the metrics', () => {
  const WITH_REPLICAS: Knowledge['info'] = {
    offset: 1011,
    replicas: [
      { address: '10.0.0.1', offset: 1000, lagMs: 1000, online: true },
      { address: '10.0.0.3', offset: 900, lagMs: 60_000, online: true },
    ],
  };
  const text = (input: Knowledge = {}, changes: Partial<Parameters<typeof metrics>[0]> = {}) => {
    const { known, memory } = knowing(input);
    const tally = new Tally();
    for (const line of ['demote new-master=x', 'demote new-master=y', 'fenced answering=1']) tally.count(line);
    return metrics({
      known,
      memory,
      decision: undefined,
      tally,
      clock: new Clock(),
      waiting: new Map(),
      room: undefined,
      now: NOW,
      ...changes,
    });
  };

  it('are well-formed: each family has its help and type once, and every sample a number', () => {
    const waiting = new Map([['server', { reason: 'a "quoted"\\ reason\nof two lines', since: NOW - 1500 }]]);
    const lines = text({ memory: { handOver: { lastMs: 120 }, crash: { slow: [], lastMs: 80 } } }, { waiting })
      .trim()
      .split('\n');
    const families = new Set<string>();
    let family = '';
    for (const line of lines) {
      const help = /^# HELP (\S+) \S/.exec(line);
      if (help) {
        family = help[1] as string;
        expect(families).not.toContain(family);
        families.add(family);
      } else if (line.startsWith('# TYPE')) {
        expect(line).toMatch(new RegExp(`^# TYPE ${family} (gauge|counter)$`));
      } else {
        expect(line).toMatch(/^[a-z_]+(\{([a-z]+="([^"\\]|\\["\\n])*",?)+\})? \d+(\.\d+)?$/);
        expect(line.startsWith(family)).toBe(true);
      }
    }
    expect(families.size).toBeGreaterThan(15);
  });

  it.each([
    ['role', {}, 'server_role{role="master"} 1'],
    ['role of a replica', { info: REPLICA }, 'server_role{role="replica"} 1'],
    ['role of one that is gone', { infoAt: 0 }, 'server_role{role="master"} 0'],
    ['epoch', {}, 'config_epoch 4'],
    ['fence', { memory: { durable: { ...newMemory().durable, fenced: true } } }, 'fenced 1'],
    ['decisions', {}, 'decisions_total{decision="demote"} 2'],
    ['last hand-over', { memory: { handOver: { lastMs: 120 } } }, 'last_hand_over_seconds 0.12'],
    [
      'Sentinels that agree',
      {
        named: [
          [ME, 4],
          [OTHER, 3],
          [ME, 4],
        ],
      },
      'sentinels_agreeing 2',
    ],
    [
      'Sentinels that name two',
      {
        named: [
          [ME, 4],
          [OTHER, 4],
          [ME, 4],
        ],
      },
      'sentinels_agreeing 0',
    ],
    ['replicas in step', { info: WITH_REPLICAS }, 'replicas_in_step 1'],
    ['lag of a replica', { info: WITH_REPLICAS }, 'replica_lag_seconds{ordinal="2"} 60'],
    ['bytes that a replica lacks', { info: WITH_REPLICAS }, 'replica_behind_bytes{ordinal="0"} 11'],
  ] as [string, Knowledge, string][])('tell the %s', (_, input, line) => {
    expect(text(input)).toContain(`\nredis_sentinel_agent_${line}\n`);
  });

  it.each([
    ['a server of a pod without one', { parts: 'sentinel' }, 'server_'],
    ['the offset of a server that is gone', { infoAt: 0 }, 'server_offset_bytes'],
    ['replicas of a replica', { info: REPLICA }, 'replica'],
    ['a volume that there is not', {}, 'volume'],
    ['a failover that there was not', {}, 'last_failover'],
  ] as [string, Knowledge, string][])('do not tell %s', (_, input, word) => {
    expect(text(input)).not.toContain(`\nredis_sentinel_agent_${word}`);
  });

  it('tell the room on the volume', () => {
    const lines = text({}, { room: { size: 100, available: 40 } });
    expect(lines).toContain('\nredis_sentinel_agent_volume_size_bytes 100\n');
    expect(lines).toContain('\nredis_sentinel_agent_volume_available_bytes 40\n');
  });

  it('tell how many failovers there were, and of the last one when and why; a hand-over is none', () => {
    const tally = new Tally();
    expect(text({}, { tally })).toContain('\nredis_sentinel_agent_failovers_total 0\n');
    tally.count('proclaimed epoch=3 elected=1 old-master=x');
    tally.count('switched to=y epoch=4 offset=1 reason=server-gone after=80ms');
    tally.count('handed-over to=z epoch=5 writes-paused=80ms');
    expect(text({}, { tally })).toContain('\nredis_sentinel_agent_failovers_total 2\n');
    const [, at] = /last_failover_timestamp_seconds\{reason="server-gone"\} (\S+)/.exec(text({}, { tally })) ?? [];
    expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('tell since when the server is master, and begin anew when it was none meanwhile', () => {
    const tally = new Tally();
    const since = () => /^\S+master_since_timestamp_seconds (\S+)/m.exec(text({}, { tally }))?.[1];
    tally.role('replica');
    expect(since()).toBeUndefined();
    tally.role('master');
    expect(Math.abs(Number(since()) - Date.now() / 1000)).toBeLessThan(60);
    tally.role(undefined);
    expect(since()).toBeUndefined();
  });

  it('of an agent that has not begun tell that it is there, and what it waits for', () => {
    const waiting = new Map([['agent', { reason: 'no Secret', since: NOW - 1500 }]]);
    const lines = metricsBefore(waiting, NOW);
    expect(lines).toContain('redis_sentinel_agent_build_info{');
    expect(lines).toContain('\nredis_sentinel_agent_waiting_seconds{who="agent",reason="no Secret"} 1.5\n');
  });
});

describe('the port', () => {
  async function serving(pages: Partial<Pages> = {}) {
    const host = freshAddress();
    const all: Pages = {
      livez: () => undefined,
      proxyAsks: () => {},
      startedz: () => undefined,
      readyz: () => undefined,
      metrics: () => 'm 1\n',
      status: () => ({}),
      ...pages,
    };
    const held = new Held();
    const server = await serveHttp({ port: 8379, bind: `${host} ::1`, pages: all, held });
    onTestFinished(() => void server.close());
    const get = async (path: string, init?: RequestInit) => {
      const response = await fetch(`http://${host}:8379${path}`, init);
      return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
    };
    return { host, held, get };
  }

  it('answers probes with a reason', async () => {
    const { get } = await serving({
      readyz: (of) => (of === 'redis' ? undefined : { reason: `${of} is not ready`, certain: true }),
    });
    expect(await get('/livez')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get('/readyz?of=redis')).toMatchObject({ status: 200 });
    expect(await get('/readyz?of=master')).toMatchObject({ status: 503, text: 'master is not ready\n' });
  });

  it.each([
    ['/readyz', 400, "'of' must be one of redis, sentinel, master, replica, got ''"],
    ['/readyz?of=all', 400, "got 'all'"],
    ['/nothing', 404, '/status'],
  ])('answers %s with %i', async (path, status, text) => {
    const { get } = await serving();
    expect(await get(path)).toMatchObject({ status, text: expect.stringContaining(text) });
  });

  const believing = (state: string) => ({ headers: { 'X-Haproxy-Server-State': state } });

  it('tells whom a proxy asks for, and takes nobody else for one', async () => {
    const asked: string[] = [];
    const { get } = await serving({
      readyz: () => ({ reason: 'not', certain: false }),
      proxyAsks: (of) => asked.push(of),
    });
    await get('/readyz?of=redis');
    await get('/readyz?of=master');
    expect(asked).toEqual([]);
    await get('/readyz?of=master', believing('UP; name=master/cache-0'));
    await get('/readyz?of=replica', believing('UP; name=read/cache-0'));
    expect(asked).toEqual(['master', 'replica']);
  });

  it('keeps HAProxy waiting while it is right, and answers when it no longer is', async () => {
    let why: NotReady | undefined;
    const { get, held } = await serving({ readyz: () => why });
    const answer = get('/readyz?of=master', believing('UP; name=master/cache-0'));
    await until(() => held.size === 1);
    held.look();
    expect(held.size).toBe(1);
    why = { reason: 'a hand-over is at work', certain: true };
    held.look();
    expect(await answer).toMatchObject({ status: 404, text: 'a hand-over is at work\n' });
    expect(held.size).toBe(0);
  });

  it.each([
    ['/readyz?of=master', 503],
    ['/readyz?of=master&unsure=404', 404],
  ])(
    'answers HAProxy that it does not know, or as if it knew that it is not, as it likes: %s',
    async (path, status) => {
      const { get } = await serving({ readyz: () => ({ reason: 'starting', certain: false }) });
      expect(await get(path, believing('UP'))).toMatchObject({ status, text: 'starting\n' });
    },
  );

  it.each([
    ['UP', undefined, 200],
    ['DOWN', { reason: 'the server is a replica', certain: true }, 503],
  ])('answers HAProxy in any case after a quarter of a second: %s', async (state, why, status) => {
    const { get, held } = await serving({ readyz: () => why });
    const asked = performance.now();
    expect(await get('/readyz?of=master', believing(state))).toMatchObject({ status });
    // A timer may be a millisecond early.
    expect(performance.now() - asked).toBeGreaterThan(HOLD_MS - 5);
    expect(held.size).toBe(0);
  });

  it('keeps one waiting for longer who would not notice that the agent is gone', async () => {
    let why: NotReady | undefined;
    const { get, held } = await serving({ readyz: () => why });
    const answer = get('/readyz?of=master&unsure=404', believing('UP'));
    await until(() => held.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 2 * HOLD_MS));
    expect(held.size).toBe(1);
    why = { reason: 'starting', certain: false };
    held.look();
    expect(await answer).toMatchObject({ status: 404 });
  });

  // It may become wrong in the very moment in which the time is up, before its connection has closed.
  it('answers once', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const held = new Held();
    const answers: string[] = [];
    let isWrong = false;
    held.hold(
      () => isWrong && answers.push('changed') > 0,
      () => answers.push('late'),
    );
    isWrong = true;
    held.look();
    vi.advanceTimersByTime(HOLD_MS);
    expect(answers).toEqual(['changed']);
    expect(held.size).toBe(0);
  });

  it('forgets who no longer waits', async () => {
    const { get, held } = await serving();
    const leaving = new AbortController();
    const answer = get('/readyz?of=master', { ...believing('UP'), signal: leaving.signal }).catch(() => 'left');
    await until(() => held.size === 1);
    leaving.abort();
    expect(await answer).toBe('left');
    await until(() => held.size === 0);
  });

  it('tells all that it knows as JSON', async () => {
    const { get } = await serving({ status: () => ({ servers: new Map([['a', -Infinity]]) }) });
    const { text, type } = await get('/status');
    expect(JSON.parse(text)).toEqual({ servers: { a: '-Infinity' } });
    expect(type).toBe('application/json');
  });

  it('takes nothing but GET', async () => {
    const { get } = await serving();
    expect(await get('/livez', { method: 'POST', body: 'x'.repeat(100_000) })).toMatchObject({ status: 405 });
  });

  it('gives up who sends without end, or nothing at all', async () => {
    const { host } = await serving();
    const ended = (text: string) =>
      new Promise<string>((resolve) => {
        let answer = '';
        const socket = connect(8379, host, () => socket.write(text));
        socket.on('data', (data) => {
          answer += data;
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', () => {});
      });
    expect(await ended(`GET /livez HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('431');
    await ended('GET /livez HTTP/1.1\r\n');
  }, 30_000);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
