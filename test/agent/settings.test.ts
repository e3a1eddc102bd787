import { describe, expect, it } from 'vitest';
import { planOf } from '../../src/agent/program/know/plan.js';
import { readSettings } from '../../src/agent/program/settings.js';
import { environment } from './support/environment.js';

describe('the environment', () => {
  it('is read with all times in ms', () => {
    expect(readSettings(environment())).toMatchObject({
      ordinal: 1,
      hasServer: true,
      hasSentinel: true,
      whenAbandonedAfter: 120_000,
      whenEmptyAfter: 30_000,
      maxLag: 2000,
      downAfter: 3000,
      grace: 60_000,
      persistent: true,
      fence: false,
      sentinelDebug: ['TILT-PERIOD', '5000', 'INFO-PERIOD', '1000'],
      servers: ['cache-0.shop.svc.cluster.local.', 'cache-1.shop.svc.cluster.local.', '10.0.0.3'],
    });
  });

  it.each([
    [{}, { passwordFile: '/etc/auth/password', sentinelPassword: 'same' }],
    [{ PASSWORD_FILE: 'none' }, { passwordFile: undefined, sentinelPassword: 'same' }],
    [{ SENTINEL_PASSWORD_FILE: 'none' }, { passwordFile: '/etc/auth/password', sentinelPassword: 'none' }],
    [{ SENTINEL_PASSWORD_FILE: '/x' }, { passwordFile: '/etc/auth/password', sentinelPassword: { file: '/x' } }],
    [{}, { tls: undefined }],
    [{ TLS_DIR: '/tls', TLS_CLIENTS: 'required' }, { tls: { dir: '/tls', clients: 'required' } }],
    [
      {
        TLS_DIR: '/tls',
        TLS_CLIENTS: 'none',
        TLS_TRANSITION: 'accept',
        REDIS_PLAIN_PORT: '1',
        REDIS_TLS_PORT: '2',
        SENTINEL_PLAIN_PORT: '3',
        SENTINEL_TLS_PORT: '4',
      },
      {
        tls: {
          dir: '/tls',
          clients: 'none',
          transition: { stage: 'accept', redis: { plain: 1, tls: 2 }, sentinel: { plain: 3, tls: 4 } },
        },
      },
    ],
    [{ PERSISTENT: 'snapshots' }, { persistent: true, snapshots: true }],
    [{ PERSISTENT: 'no' }, { persistent: false, snapshots: false }],
  ])('with %j means %j', (changes, expected) => {
    expect(readSettings(environment(changes))).toMatchObject(expected);
  });

  it.each([
    ['PASSWORD_FILE', 'password', "PASSWORD_FILE must be an absolute path, or 'none', got 'password'"],
    ['REDIS_PORT', '70000', "REDIS_PORT must be a whole number from 1 to 65535, got '70000'"],
    ['REDIS_PORT', undefined, 'REDIS_PORT must be a whole number from 1 to 65535, but is not set'],
    ['ENGINE', 'memcached', "ENGINE must be 'redis' or 'valkey', got 'memcached'"],
    ['PARTS', 'sentinel server', "PARTS must be 'server sentinel' or 'server' or 'sentinel', got 'sentinel server'"],
    ['POD_NAME', 'cache', "POD_NAME must be a name that ends in the ordinal, as a StatefulSet gives it, got 'cache'"],
    ['POD_NAME', 'cache-3', 'SERVERS must name a host for ordinal 3, got 3'],
    ['SERVERS', '', "SERVERS must be host names or addresses with spaces between them, got ''"],
    ['SENTINELS', 'a;b', "SENTINELS must be host names or addresses with spaces between them, got 'a;b'"],
    ['MAX_LAG', '-1', "MAX_LAG must be a whole number from 0 to 86400, got '-1'"],
    ['FENCE', 'true', "FENCE must be 'yes' or 'no', got 'true'"],
    ['SENTINEL_DEBUG', 'TILT-PERIOD', 'SENTINEL_DEBUG must be names and numbers'],
    ['RUN_DIR', 'run', "RUN_DIR must be an absolute path, got 'run'"],
    ['MASTER_NAME', 'my master', 'MASTER_NAME must be letters, digits, dots, dashes and underscores'],
  ])('with %s=%s says what is allowed', (name, value, message) => {
    expect(() => readSettings(environment({ [name]: value }))).toThrow(message);
  });

  it('is told all of its faults at once', () => {
    const faulty = environment({ QUORUM: 'x', GRACE: undefined });
    expect(() => readSettings(faulty)).toThrow(/^environment: QUORUM must .*'x'; GRACE must .* not set$/);
  });
});

describe('the plan', () => {
  const addresses = { servers: ['10.0.0.1', '10.0.0.2', '10.0.0.3'], sentinels: ['10.1.0.1', '10.1.0.2', '10.1.0.3'] };

  it('of a pod with both asks its own Sentinel first', () => {
    const { me, nearest, sentinelIds, electorId } = planOf(readSettings(environment()), addresses);
    expect({ me, nearest }).toEqual({ me: '10.0.0.2', nearest: '10.1.0.2' });
    // sha1 of shop/cache/0: a Sentinel that had another id after an update would be one voter more.
    expect(sentinelIds[0]).toBe('0f022ec5b845279205629e4d2eb3f2c885fa5e65');
    expect(sentinelIds).not.toContain(electorId);
  });

  it('of a server alone asks the Sentinel of its ordinal', () => {
    const settings = readSettings(
      environment({ PARTS: 'server', POD_NAME: 'cache-4', SERVERS: '1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5' }),
    );
    const servers = settings.servers;
    expect(planOf(settings, { ...addresses, servers })).toMatchObject({
      me: '1.1.1.5',
      nearest: '10.1.0.2',
      hasSentinel: false,
    });
  });

  it('of a Sentinel alone is about that Sentinel', () => {
    const settings = readSettings(environment({ PARTS: 'sentinel' }));
    expect(planOf(settings, addresses)).toMatchObject({ me: '10.1.0.2', nearest: '10.1.0.2', hasServer: false });
  });
});
