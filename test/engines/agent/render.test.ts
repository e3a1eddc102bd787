import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { admission } from '../../../src/agent/program/render/admission.js';
import { parsePosition, redisConf } from '../../../src/agent/program/render/redis-conf.js';
import { identity, readSentinelConf, sentinelConf } from '../../../src/agent/program/render/sentinel-conf.js';
import type { TlsConfig } from '../../../src/agent/program/trust.js';
import { ask } from '../../../src/client/connection.js';
import { fieldsOf } from '../../../src/client/sentinel.js';
import { freshAddress } from '../../agent/support/addresses.js';
import { hasEngine, PORT, startServer, temporary } from '../../agent/support/engine.js';

const SENTINEL_PORT = 26379;
const AWKWARD = String.raw` it's "quoted" # \a\\ $HOME pässwörd→`;

/** A file with a space in its path. */
function written(text: string, dir = join(temporary(), 'a folder')) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'file.conf'), text);
  return { dir, config: join(dir, 'file.conf') };
}

describe.each(['redis', 'valkey'])('with %s', (engine) => {
  const options = { engine, skip: !hasEngine(engine) };

  it.skipIf(options.skip)('a server takes its configuration, with awkward passwords and a position', async () => {
    const me = freshAddress();
    const dir = join(temporary(), 'a "folder"');
    mkdirSync(dir);
    const passwords = { used: AWKWARD, accepted: 'other' };
    const position = { epoch: 4, offset: 4711, bytes: 23 };
    const text = redisConf({
      common: 'databases 17\n',
      bind: me,
      port: PORT,
      dir,
      pidFile: join(dir, 'redis.pid'),
      me,
      admission: admission(passwords),
      login: { password: AWKWARD },
      position,
      master: '127.0.0.99',
    });
    const { config } = written(text);
    const server = await startServer({ engine, host: me, config, password: AWKWARD });
    for (const password of [AWKWARD, 'other']) {
      expect(await ask({ host: me, port: PORT, password }, ['PING'])).toEqual({ kind: 'reply', reply: 'PONG' });
    }
    expect((await ask({ host: me, port: PORT, password: 'wrong' }, ['PING'])).kind).toBe('denied');
    expect(await server.redis('CONFIG', 'GET', 'masterauth')).toEqual(['masterauth', AWKWARD]);
    expect(await server.redis('CONFIG', 'GET', 'dir')).toEqual(['dir', dir]);
    expect(await server.redis('CONFIG', 'GET', 'replica-priority')).toEqual(['replica-priority', '0']);
    expect(await server.redis('ROLE')).toContain('127.0.0.99');
    const [, shown] = (await server.redis('CONFIG', 'GET', 'cluster-announce-hostname')) as string[];
    expect(parsePosition(shown as string)).toEqual(position);
    // It survives its own restart with what the two passwords admit to.
    expect(String(await server.redis('ACL', 'LIST'))).toContain('~* &* +@all');
  });

  it.skipIf(options.skip)(
    'a Sentinel takes its configuration, knows all others at once, and is read again',
    async () => {
      const [me = '', second = '', third = ''] = [freshAddress(), freshAddress(), freshAddress()];
      const dir = temporary();
      const sentinelIds = [0, 1, 2].map((place) => identity('shop', 'cache', place));
      const text = sentinelConf({
        common: 'sentinel down-after-milliseconds mymaster 60000\nsentinel resolve-hostnames no\n',
        bind: me,
        port: SENTINEL_PORT,
        redisPort: PORT,
        dir,
        masterName: 'mymaster',
        quorum: 2,
        me,
        servers: [me, second, third],
        sentinels: [me, second, third],
        sentinelIds,
        admission: admission({ used: AWKWARD, accepted: 'other' }),
        serverLogin: { password: AWKWARD },
        sentinelLogin: { password: AWKWARD },
        master: second,
        configEpoch: 7,
        leaderEpoch: 8,
        currentEpoch: 9,
      });
      const { config } = written(text, dir);
      const sentinel = await startServer({
        engine,
        host: me,
        port: SENTINEL_PORT,
        config,
        sentinel: true,
        password: AWKWARD,
      });
      const fields = fieldsOf(await sentinel.redis('SENTINEL', 'MASTER', 'mymaster'));
      expect(Object.fromEntries(fields)).toMatchObject({
        ip: second,
        'config-epoch': '7',
        'num-other-sentinels': '2',
        'num-slaves': '2',
        quorum: '2',
      });
      expect(await sentinel.redis('SENTINEL', 'MYID')).toBe(sentinelIds[0]);
      expect((await ask({ host: me, port: SENTINEL_PORT, password: 'other' }, ['PING'])).kind).toBe('reply');
      await sentinel.redis('SENTINEL', 'FLUSHCONFIG');
      const remembered = { master: second, configEpoch: 7, leaderEpoch: 8, currentEpoch: 9 };
      expect(readSentinelConf(readFileSync(config, 'utf8'), 'mymaster')).toEqual(remembered);
    },
  );
});

describe('what a Sentinel’s file remembers', () => {
  it('is nothing without a file, or of another master', () => {
    const nothing = { master: undefined, configEpoch: 0, leaderEpoch: 0, currentEpoch: 0 };
    expect(readSentinelConf(undefined, 'mymaster')).toEqual(nothing);
    expect(
      readSentinelConf('sentinel monitor other 10.0.0.1 6379 2\nsentinel config-epoch other 5', 'mymaster'),
    ).toEqual(nothing);
  });
});

it('a position is of digits and dots alone', () => {
  expect(parsePosition('position.1.2.3')).toEqual({ epoch: 1, offset: 2, bytes: 3 });
  for (const text of ['', 'position.1.2', 'position.1.2.x', 'cache-0.example', 'position.1.2.3.4']) {
    expect(parsePosition(text)).toBeUndefined();
  }
});

const TLS_CONFIG = { dir: '/run/tls.0123456789abcdef', clients: 'optional' } as const;

/** Both configurations with that TLS, line by line. */
function rendered(tls?: TlsConfig): string[][] {
  const server = {
    common: '',
    bind: '127.0.0.1',
    port: PORT,
    dir: '/data',
    pidFile: '/run/pid',
    me: 'cache-0.shop',
    admission: [],
    login: {},
  };
  const sentinel = {
    ...{
      common: '',
      bind: '127.0.0.1',
      port: SENTINEL_PORT,
      redisPort: PORT,
      dir: '/data',
      masterName: 'mymaster',
      quorum: 2,
    },
    ...{
      me: 'cache-0.shop',
      servers: ['cache-0.shop'],
      sentinels: ['cache-0.shop'],
      sentinelIds: ['a'],
      master: 'cache-0.shop',
    },
    ...{ admission: [], serverLogin: {}, sentinelLogin: {}, configEpoch: 1, leaderEpoch: 1, currentEpoch: 1 },
  };
  return [redisConf({ ...server, tls }), sentinelConf({ ...sentinel, tls })].map((text) => text.split('\n'));
}

it('with TLS nothing listens without it, whatever else is rendered', () => {
  for (const [index, lines] of rendered(TLS_CONFIG).entries()) {
    expect(lines.filter((line) => line.startsWith('port '))).toEqual(['port 0']);
    expect(lines).toContain(`tls-port ${[PORT, SENTINEL_PORT][index]}`);
    expect(lines).toContain('tls-replication yes');
    expect(lines).toContain('tls-protocols "TLSv1.2 TLSv1.3"');
    expect(lines).toContain('tls-auth-clients optional');
    expect(lines).toContain('tls-key-file "/run/tls.0123456789abcdef/tls.key"');
  }
  for (const lines of rendered()) expect(lines.join('\n')).not.toContain('tls');
});

it.each([
  ['accept', 'no'],
  ['prefer', 'yes'],
] as const)('in the stage %s the engines listen twice, and announce their usual ports', (stage, replication) => {
  const transition = { stage, redis: { plain: 1, tls: 2 }, sentinel: { plain: 3, tls: 4 } };
  const [server = [], sentinel = []] = rendered({ ...TLS_CONFIG, transition });
  expect(server).toEqual(expect.arrayContaining(['port 1', 'tls-port 2', `replica-announce-port ${PORT}`]));
  expect(sentinel).toEqual(expect.arrayContaining(['port 3', 'tls-port 4', `sentinel announce-port ${SENTINEL_PORT}`]));
  for (const lines of [server, sentinel]) {
    expect(lines).toContain(`tls-replication ${replication}`);
    expect(lines.filter((line) => /^(tls-)?port /.test(line))).toHaveLength(2);
  }
});
