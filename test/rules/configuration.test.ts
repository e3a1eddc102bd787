import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { RedisConfig, type RedisConfigProps, SentinelConfig } from '../../src/index.js';

const MIB = 2 ** 20;

const DEFAULTS: RedisConfigProps = {
  memory: Size.gibibytes(1),
  maxmemoryPolicy: 'noeviction',
  fsync: 'everysec',
  minReplicasToWrite: 1,
  maxLag: Duration.seconds(3),
};

/** What the start script renders for each pod. */
const OF_THE_SCRIPT =
  /^(bind|port|dir|replica-announce|requirepass|masterauth|masteruser|replica-priority|replicaof|syslog)/m;

describe('redis.conf', () => {
  test.each([
    { memory: Size.mebibytes(256), maxmemory: 174_483_046, backlog: 64 * MIB, buffer: 64 * MIB },
    { memory: Size.gibibytes(1), maxmemory: 697_932_185, backlog: 64 * MIB, buffer: 214_748_364 },
    { memory: Size.gibibytes(16), maxmemory: 11_166_914_969, backlog: 171_798_691, buffer: 3_435_973_836 },
  ])('gives 65 % of memory to data: $maxmemory bytes', ({ memory, maxmemory, backlog, buffer }) => {
    const config = new RedisConfig({ ...DEFAULTS, memory });
    expect(config).toMatchObject({ maxmemory, replBacklogSize: backlog, replicaBufferLimit: buffer });
  });

  test('leaves room beside data and backlog even in the least memory that is allowed', () => {
    const config = new RedisConfig({ ...DEFAULTS, memory: Size.mebibytes(256) });
    expect(256 * MIB - config.maxmemory - config.replBacklogSize).toBeGreaterThan(20 * MIB);
  });

  test('holds nothing that differs between pods', () => {
    expect(new RedisConfig(DEFAULTS).render()).not.toMatch(OF_THE_SCRIPT);
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
    await withServer(new RedisConfig({ ...DEFAULTS, ...props }).render(), (config) => {
      for (const [name, value] of Object.entries(expected)) expect(config(name), name).toEqual(value);
    });
  });
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

/** Runs a redis-server with the configuration on a socket, and lets it be asked. */
async function withServer(configuration: string, check: (config: (name: string) => string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-conf-'));
  const socket = join(folder, 'redis.sock');
  const file = join(folder, 'redis.conf');
  writeFileSync(file, configuration);
  const server = spawn('redis-server', [file, '--port', '0', '--unixsocket', socket, '--dir', folder]);
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      log += chunk;
    });
  }
  const ended = new Promise((resolve) => server.on('close', resolve));
  const ask = (...command: string[]) =>
    spawnSync('redis-cli', ['-s', socket, ...command], { encoding: 'utf8' }).stdout.trim();
  try {
    while (server.exitCode === null && ask('PING') !== 'PONG') await sleep(50);
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}:\n${log}`);
    check((name) => ask('CONFIG', 'GET', name).split('\n')[1] ?? '');
  } finally {
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  }
}
