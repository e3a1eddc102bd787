import { describe, expect, test } from 'vitest';
import { readSettings, type SettingsError } from '../../src/verification/program/settings.js';

const SOUND = {
  TOPOLOGY: 'cache',
  MASTER_NAME: 'mymaster',
  SENTINEL_ADDRESSES: 'cache-0.caches.svc.cluster.local.:26379, 10.96.0.7:26379,[fd00::7]:26379',
  EXPECTED_SERVERS: '3',
  EXPECTED_SENTINELS: '3',
  EXPECTED_QUORUM: '2',
  EXPECTED_MIN_REPLICAS: '0',
  EXPECTED_MAX_LAG: '0',
  PASSWORD_FILE: import.meta.filename,
};

function problems(change: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings({ ...SOUND, ...change });
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

describe('the environment', () => {
  test('is taken as it is meant', () => {
    expect(readSettings(SOUND)).toMatchObject({
      mode: 'verify',
      readyTimeoutSeconds: 300,
      sentinels: [
        { host: 'cache-0.caches.svc.cluster.local.', port: 26379 },
        { host: '10.96.0.7', port: 26379 },
        { host: 'fd00::7', port: 26379 },
      ],
    });
    expect(readSettings({ ...SOUND, READY_TIMEOUT: '5' }).readyTimeoutSeconds).toBe(5);
  });

  test.each(Object.keys(SOUND))('is refused without %s', (name) => {
    expect(problems({ [name]: undefined })).toEqual([
      expect.stringMatching(new RegExp(`^environment variable ${name} is not set, must be .+: .+`)),
    ]);
  });

  const BAD: [string, string, string][] = [
    ['MODE', 'drill', 'must be one of verify'],
    ['TOPOLOGY', 'Cache', "must be a topology's name"],
    ['MASTER_NAME', 'my master', "must be letters, digits, '.', '-', '_'"],
    ['SENTINEL_ADDRESSES', 'cache-0', "must be different addresses 'host:port'"],
    ['SENTINEL_ADDRESSES', 'a:1,b:2,c:70000', "must be different addresses 'host:port'"],
    ['SENTINEL_ADDRESSES', 'a:1,b:2,b:2', "must be different addresses 'host:port'"],
    ['SENTINEL_ADDRESSES', 'a:1,b:2', 'names 2, must name each of the 3 Sentinels'],
    ['EXPECTED_SERVERS', '0', 'must be a whole number of at least 1'],
    ['EXPECTED_SENTINELS', '3.5', 'must be a whole number of at least 1'],
    ['EXPECTED_QUORUM', '-2', 'must be a whole number of at least 1'],
    ['EXPECTED_MIN_REPLICAS', '', 'must be a whole number of at least 0'],
    ['EXPECTED_MAX_LAG', '2s', 'must be a whole number of at least 0'],
    ['READY_TIMEOUT', '0', 'must be a whole number of at least 1'],
    ['PASSWORD_FILE', '', 'must be the path of a file'],
    ['PASSWORD_FILE', '/nowhere', "'/nowhere' (PASSWORD_FILE) cannot be read: ENOENT"],
    ['PASSWORD_FILE', '/dev/null', "'/dev/null' is empty"],
  ];
  test.each(BAD)('is refused with %s=%s', (name, value, problem) => {
    expect(problems({ [name]: value })).toEqual([expect.stringContaining(problem)]);
  });

  test('is refused with all its problems at once', () => {
    expect(problems({ TOPOLOGY: undefined, EXPECTED_QUORUM: 'x', PASSWORD_FILE: '' })).toHaveLength(3);
  });
});
