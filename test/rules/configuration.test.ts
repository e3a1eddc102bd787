import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { withoutUnknown } from '../../src/engine/directives.js';
import { versionIn } from '../../src/engine/version.js';
import { Engine, type EngineKind } from '../../src/index.js';
import { SentinelConfig } from '../../src/sentinel/sentinel-config.js';
import { RedisConfig, type RedisConfigProps } from '../../src/server/redis-config.js';

const MIB = 2 ** 20;

const DEFAULTS: RedisConfigProps = {
  engine: Engine.redis(),
  memory: Size.gibibytes(1),
  maxmemoryPolicy: 'noeviction',
  fsync: 'everysec',
  minReplicasToWrite: 1,
  maxLag: Duration.seconds(3),
};

/** What the agent renders for each pod. */
const OF_THE_AGENT =
  /^(bind|port|dir|replica-announce|requirepass|masterauth|masteruser|replica-priority|replicaof|cluster-announce)/m;

/** The engines of this machine, in their own versions. */
const INSTALLED = (['redis', 'valkey'] as const).flatMap((kind) => {
  const { stdout } = spawnSync(`${kind}-server`, ['--version'], { encoding: 'utf8' });
  const version = versionIn(stdout ?? '');
  return version === undefined ? [] : [Engine.of({ kind, version })];
});

describe('redis.conf', () => {
  test.each([
    {
      memory: Size.mebibytes(256),
      replica: 64 * MIB,
      full: 68_451_042,
      normal: 8_724_152,
      pubsub: '8724152 2181038 60',
    },
    {
      memory: Size.gibibytes(1),
      replica: 214_748_364,
      full: 324_135_814,
      normal: 34_896_609,
      pubsub: '33554432 8388608 60',
    },
  ])('keeps buffers within the memory: $memory.amount', ({ memory, replica, full, normal, pubsub }) => {
    const config = new RedisConfig({ ...DEFAULTS, memory });
    const lines = config.render().split('\n');
    expect(lines).toContain(`maxmemory ${config.budget.maxmemory}`);
    expect(lines).toContain(`maxmemory-clients ${config.budget.clients}`);
    expect(lines).toContain(`repl-backlog-size ${config.budget.backlog}`);
    expect(lines).toContain(`client-output-buffer-limit normal ${normal} 0 0`);
    expect(lines).toContain(`client-output-buffer-limit pubsub ${pubsub}`);
    expect(lines).toContain(`client-output-buffer-limit replica ${replica} 0 0`);
    expect(lines).toContain(`replica-full-sync-buffer-limit ${full}`);
  });

  test.each<[EngineKind, string, string[]]>([
    ['redis', '7.2.0', []],
    ['redis', '7.4.9-alpine', []],
    ['redis', '8.0.0', ['repl-rdb-channel yes', 'replica-full-sync-buffer-limit']],
    ['redis', '8.10.0', ['repl-rdb-channel yes', 'replica-full-sync-buffer-limit']],
    ['valkey', '8.1.1', []],
    ['valkey', '9.1.0', []],
    ['valkey', '9.1.1', ['dual-channel-replication-enabled yes']],
    ['valkey', '10.0.0', ['dual-channel-replication-enabled yes']],
  ])('has a full copy on a connection of its own where %s %s is sound with it: %j', (kind, version, expected) => {
    const lines = new RedisConfig({ ...DEFAULTS, engine: Engine.of({ kind, version }) }).render().split('\n');
    const found = lines.filter((line) => /^(repl-rdb-channel|replica-full-sync|dual-channel)/.test(line));
    expect(found.map((line) => line.replace(/ \d+$/, ''))).toEqual(expected);
  });

  test('holds nothing that differs between pods', () => {
    expect(new RedisConfig(DEFAULTS).render()).not.toMatch(OF_THE_AGENT);
  });

  test.each([
    { title: 'everysec', props: {}, expected: { appendonly: 'yes', appendfsync: 'everysec', save: '' } },
    { title: 'always', props: { fsync: 'always' }, expected: { appendonly: 'yes', appendfsync: 'always', save: '' } },
    { title: 'none', props: { fsync: 'none' }, expected: { appendonly: 'no', save: '' } },
    {
      title: 'no replica needed',
      props: { minReplicasToWrite: 0 },
      expected: { 'min-replicas-to-write': '0', 'min-replicas-max-lag': '0' },
    },
    {
      title: 'replication',
      props: {},
      expected: {
        'min-replicas-to-write': '1',
        'min-replicas-max-lag': '3',
        'repl-timeout': '20',
        'repl-diskless-sync-delay': '0',
        'repl-backlog-size': String(64 * MIB),
        'shutdown-timeout': '20',
        'tcp-keepalive': '60',
        'client-output-buffer-limit': expect.stringContaining('slave 214748364 0 0'),
      },
    },
  ] as const)('is taken by a real server as it is meant: $title', async ({ props, expected }) => {
    for (const engine of INSTALLED) {
      await withServer(engine, new RedisConfig({ ...DEFAULTS, engine, ...props }).render(), async ({ config }) => {
        for (const [name, value] of Object.entries(expected)) expect(config(name), name).toEqual(value);
      });
    }
  });

  test.each(INSTALLED)(
    'that was made for another version or engine is taken without what $kind $version does not know',
    async (engine) => {
      for (const other of [Engine.redis('8.2.2'), Engine.valkey('9.1.2')]) {
        const made = new RedisConfig({ ...DEFAULTS, engine: other }).render();
        await withServer(engine, withoutUnknown(made, engine.kind, engine.version), async ({ config }) => {
          expect(config('repl-backlog-size')).toBe(String(64 * MIB));
        });
      }
    },
  );

  test.each(INSTALLED)(
    'ends a client that does not read its answers, and no other, on $kind $version',
    async (engine) => {
      const memory = Size.mebibytes(256);
      await withServer(
        engine,
        new RedisConfig({ ...DEFAULTS, engine, memory, minReplicasToWrite: 0 }).render(),
        async ({ ask, socket }) => {
          ask('SET', 'large', 'x'.repeat(100_000));
          const patient = createConnection(socket);
          const greedy = createConnection(socket);
          const ended = new Promise((resolve) => greedy.once('close', resolve));
          greedy.on('error', () => undefined);
          greedy.write('GET large\r\n'.repeat(1000));
          const clients = () => ask('CLIENT', 'LIST', 'TYPE', 'normal').split('\n').length;
          // The one that asks, and the one that waits.
          while (clients() > 2) await sleep(50);
          expect(patient.destroyed).toBe(false);
          expect(Number(/used_memory:(\d+)/.exec(ask('INFO', 'memory'))?.[1])).toBeLessThan(20 * MIB);
          greedy.resume();
          await ended;
          patient.destroy();
        },
      );
    },
  );
});

describe('sentinel.conf', () => {
  const config = new SentinelConfig({
    masterName: 'primary',
    downAfter: Duration.seconds(3),
    failoverTimeout: Duration.seconds(10),
    parallelSyncs: 1,
  });

  test('says how a master is watched, and nothing that differs between pods', () => {
    expect(config.render()).toBe(
      [
        'protected-mode no',
        'loglevel notice',
        'sentinel down-after-milliseconds primary 3000',
        'sentinel failover-timeout primary 10000',
        'sentinel parallel-syncs primary 1',
        'sentinel resolve-hostnames no',
        'sentinel deny-scripts-reconfig yes',
        '',
      ].join('\n'),
    );
  });
});

interface Server {
  readonly socket: string;
  ask(...command: string[]): string;
  /** A setting as the server has it. */
  config(name: string): string;
}

/** Runs a server with the configuration on a socket, and lets it be asked. */
async function withServer(
  { kind }: Engine,
  configuration: string,
  check: (server: Server) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-conf-'));
  const socket = join(folder, 'redis.sock');
  const file = join(folder, 'redis.conf');
  writeFileSync(file, configuration);
  const server = spawn(`${kind}-server`, [file, '--port', '0', '--unixsocket', socket, '--dir', folder]);
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      log += chunk;
    });
  }
  const ended = new Promise((resolve) => server.on('close', resolve));
  const ask = (...command: string[]) =>
    spawnSync(`${kind}-cli`, ['-s', socket, ...command], { encoding: 'utf8' }).stdout.trim();
  try {
    while (server.exitCode === null && ask('PING') !== 'PONG') await sleep(50);
    if (server.exitCode !== null) throw new Error(`${kind}-server ended with ${server.exitCode}:\n${log}`);
    await check({ socket, ask, config: (name) => ask('CONFIG', 'GET', name).split('\n')[1] ?? '' });
  } finally {
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  }
}
