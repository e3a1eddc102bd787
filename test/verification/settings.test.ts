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
    ['MODE', 'drill', 'must be one of verify, switchover, observe'],
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

  test.each([
    ['switchover', 60],
    ['observe', 300],
  ] as const)('may ask for the drill %s, which has defaults', (mode, limitSeconds) => {
    expect(readSettings(SOUND).drill).toBeUndefined();
    expect(readSettings({ ...SOUND, MODE: mode }).drill).toEqual({ mode, limitSeconds, writers: 4 });
    expect(readSettings({ ...SOUND, MODE: mode, DRILL_LIMIT: '90', DRILL_WRITERS: '2' }).drill).toEqual({
      mode,
      limitSeconds: 90,
      writers: 2,
    });
  });

  const BAD_DRILLS: [string, string, string][] = [
    ['DRILL_LIMIT', '9', "DRILL_LIMIT is '9', must be a whole number from 10 to 600: set the drill's 'limit'"],
    ['DRILL_LIMIT', '601', 'must be a whole number from 10 to 600'],
    ['DRILL_WRITERS', '0', "DRILL_WRITERS is '0', must be a whole number from 1 to 8: set the drill's 'writers'"],
    ['DRILL_WRITERS', '9', 'must be a whole number from 1 to 8'],
  ];
  test.each(BAD_DRILLS)('is refused with %s=%s in a drill', (name, value, problem) => {
    expect(problems({ MODE: 'switchover', [name]: value })).toEqual([expect.stringContaining(problem)]);
  });

  test('is refused with all its problems at once', () => {
    expect(problems({ TOPOLOGY: undefined, EXPECTED_QUORUM: 'x', PASSWORD_FILE: '' })).toHaveLength(3);
  });
});
