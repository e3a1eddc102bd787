// Faults made on a real topology, each with the exit code and the line that it leads to. Those that can be taken back
// are, so that one topology serves all; the last ones cannot.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LiveTopology, PASSWORD, until } from './live-topology.js';
import { type Outcome, runProgram } from './run-program.js';

const SHORT = { READY_TIMEOUT: '2' };

let live: LiveTopology;
beforeAll(async () => {
  live = await LiveTopology.start(2);
  expect((await runProgram(live.settings)).code).toBe(0);
});
afterAll(() => live?.stop());

const server = (i: number) => live.servers[i] as (typeof live.servers)[number];
const sentinel = (i: number) => live.sentinels[i] as (typeof live.sentinels)[number];

/** The names of the checks that did not find what they should. */
function failed({ report }: Outcome): string[] {
  return report.checks.filter(({ verdict }) => verdict !== 'sound').map(({ name }) => name);
}

function line({ lines }: Outcome, name: string): string {
  return lines.find((one) => one.split(/\s+/)[1] === name && !one.startsWith('wait')) ?? '';
}

describe('the program ends with 1 when', () => {
  afterEach(() => {
    expect(server(0).ask('DBSIZE')).toBe('0');
  });

  test('a server lets in without a password', async () => {
    server(1).ask('CONFIG', 'SET', 'requirepass', '');
    const outcome = await runProgram(live.settings);
    server(1).ask('CONFIG', 'SET', 'requirepass', PASSWORD);
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['no-password', 'wrong-password']);
    expect(line(outcome, 'no-password')).toMatch(
      /^FAIL {2}no-password {4}found 127\.77\.2\.2:6379 lets in without a password; expected .*'NOAUTH'.*; to mend: /,
    );
    expect(line(outcome, 'wrong-password')).toContain("127.77.2.2:6379 answered 'ERR AUTH <password> called without");
  });

  test('a Sentinel lets in without a password', async () => {
    sentinel(2).ask('ACL', 'SETUSER', 'default', 'nopass');
    const outcome = await runProgram(live.settings);
    sentinel(2).ask('ACL', 'SETUSER', 'default', 'resetpass', `>${PASSWORD}`);
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['no-password', 'wrong-password']);
    expect(line(outcome, 'no-password')).toContain('127.77.2.3:26379 lets in without a password');
  });

  test('a Sentinel has another quorum', async () => {
    sentinel(2).ask('SENTINEL', 'SET', 'mymaster', 'quorum', '1');
    const outcome = await runProgram(live.settings);
    sentinel(2).ask('SENTINEL', 'SET', 'mymaster', 'quorum', '2');
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['quorum']);
    expect(line(outcome, 'quorum')).toMatch(
      /^FAIL {2}quorum {9}found quorum 1 on 127\.77\.2\.3:26379; expected quorum 2/,
    );
  });

  test('a replica takes writes, and leaves none of its own there', async () => {
    server(2).ask('CONFIG', 'SET', 'replica-read-only', 'no');
    const outcome = await runProgram(live.settings);
    const keys = server(2).ask('DBSIZE');
    server(2).ask('CONFIG', 'SET', 'replica-read-only', 'yes');
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['read-only']);
    expect(line(outcome, 'read-only')).toContain('found 127.77.2.3:6379 took a write; expected');
    expect(keys).toBe('0');
  });

  test('a server has another min-replicas-to-write', async () => {
    server(1).ask('CONFIG', 'SET', 'min-replicas-to-write', '0');
    const outcome = await runProgram(live.settings);
    server(1).ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['write-safety']);
    expect(line(outcome, 'write-safety')).toContain(
      'found min-replicas-to-write 0, min-replicas-max-lag 3 on 127.77.2.2',
    );
  });

  test('a server has another min-replicas-max-lag, but not where no replica needs to acknowledge', async () => {
    server(1).ask('CONFIG', 'SET', 'min-replicas-max-lag', '9');
    const outcome = await runProgram(live.settings);
    for (const one of live.servers) one.ask('CONFIG', 'SET', 'min-replicas-to-write', '0');
    const unused = await runProgram({ ...live.settings, minReplicas: 0 });
    for (const one of live.servers) one.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    server(1).ask('CONFIG', 'SET', 'min-replicas-max-lag', '3');
    expect(failed(outcome)).toEqual(['write-safety']);
    expect(line(outcome, 'write-safety')).toContain('min-replicas-max-lag 9 on 127.77.2.2:6379');
    expect([outcome.code, unused.code]).toEqual([1, 0]);
  });

  test('the master refuses writes, with its own words', async () => {
    server(0).ask('CONFIG', 'SET', 'min-replicas-to-write', '5');
    const outcome = await runProgram(live.settings);
    server(0).ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['set-get', 'del-get', 'replication', 'write-safety', 'clean-up']);
    expect(line(outcome, 'set-get')).toContain("found error reply 'NOREPLICAS Not enough good replicas to write.'");
  });
});

describe('the program ends with 2 when', () => {
  test('a replica is not linked', async () => {
    server(2).ask('CONFIG', 'SET', 'masterauth', 'wrong');
    server(2).ask('CLIENT', 'KILL', 'TYPE', 'master');
    const outcome = await runProgram(live.settings, SHORT);
    server(2).ask('CONFIG', 'SET', 'masterauth', PASSWORD);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toMatch(
      /^\? {5}readiness {6}could not tell: not ready after 2\.\d s \(READY_TIMEOUT\): 1 of 2 replicas linked to master 127\.77\.2\.1:6379 \(linked: 127\.77\.2\.2:6379\)/,
    );
    expect(outcome.lines[0]).toMatch(/^wait {2}readiness {6}0\.\d s: 1 of 2 replicas linked/);
    await until(() => server(0).ask('INFO', 'replication').includes('connected_slaves:2'), 'the replica is back');
  });

  test('the password is another one', async () => {
    const outcome = await runProgram({ ...live.settings, password: 'wrong' }, SHORT);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain('Sentinel 127.77.2.1:26379: WRONGPASS');
  });

  test('the Sentinels know another name', async () => {
    const outcome = await runProgram({ ...live.settings, masterName: 'other' }, SHORT);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain("Sentinel 127.77.2.1:26379: knows no master 'other'");
  });

  test('the master hangs', async () => {
    server(0).freeze();
    const outcome = await runProgram(live.settings, { READY_TIMEOUT: '7' });
    server(0).thaw();
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain('master 127.77.2.1:6379: no answer within 3 s');
  });

  test('a Sentinel hangs', async () => {
    sentinel(1).freeze();
    const outcome = await runProgram(live.settings, { READY_TIMEOUT: '7' });
    sentinel(1).thaw();
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain('Sentinel 127.77.2.2:26379: no answer within 3 s');
  });

  test('it is ended while it waits, at once', async () => {
    let end = () => {};
    let endedAt = Number.NaN;
    // By its first line it waits for the fourth server; before that it would not have been ready for the signal.
    const told = () => {
      if (!Number.isNaN(endedAt)) return;
      endedAt = performance.now();
      end();
    };
    const settings = { ...live.settings, servers: 4 };
    const outcome = await runProgram(settings, { READY_TIMEOUT: '40' }, (kill) => (end = () => kill('SIGTERM')), told);
    expect(performance.now() - endedAt).toBeLessThan(15_000);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain('SIGTERM');
  });

  test('the environment is not usable, with what to mend', async () => {
    const outcome = await runProgram(live.settings, { EXPECTED_QUORUM: 'two' });
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'environment')).toBe(
      "?     environment    could not tell: environment variable EXPECTED_QUORUM is 'two', must be a whole number of at " +
        "least 1: set the Job's 'quorum'",
    );
    expect(outcome.report).toMatchObject({ verdict: 'unknown', exitCode: 2, master: null });
  });
});

describe('for good,', () => {
  test('a ghost among the Sentinels leads to 1', async () => {
    const id = 'f'.repeat(40);
    const hello = `127.77.2.99,26379,${id},0,mymaster,127.77.2.1,6379,0`;
    server(0).ask('PUBLISH', '__sentinel__:hello', hello);
    const known = () => live.sentinels.every((one) => one.ask('SENTINEL', 'SENTINELS', 'mymaster').includes(id));
    await until(known, 'the Sentinels know the ghost');
    const outcome = await runProgram(live.settings);
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['sentinel-mesh']);
    expect(line(outcome, 'sentinel-mesh')).toContain(`127.77.2.1:26379 sees ghost 127.77.2.99:26379 (id ${id})`);
  });

  test('a server more than expected leads to 1', async () => {
    const outcome = await runProgram({ ...live.settings, servers: 2 });
    expect(outcome.code).toBe(1);
    expect(line(outcome, 'servers')).toContain(
      'found 2 replicas linked to 127.77.2.1:6379; Sentinel 127.77.2.1:26379 lists 2',
    );
  });

  test('Sentinels that do not agree lead to 1', async () => {
    const settings = live.settings;
    const other = live.addServer({ alone: true });
    sentinel(2).ask('SENTINEL', 'REMOVE', 'mymaster');
    sentinel(2).ask('SENTINEL', 'MONITOR', 'mymaster', other.address.host, '6379', '2');
    sentinel(2).ask('SENTINEL', 'SET', 'mymaster', 'auth-pass', PASSWORD);
    const outcome = await runProgram(settings, SHORT);
    expect(outcome.code).toBe(1);
    expect(line(outcome, 'sentinels')).toContain(
      '127.77.2.2:26379 names 127.77.2.1:6379, 127.77.2.3:26379 names 127.77.2.4:6379',
    );
    expect(outcome.lines.join('\n')).toContain('the Sentinels to agree on one of the masters');
  });

  test('a replica that is gone leads to 2', async () => {
    await sentinel(2).kill();
    const settings = { ...live.settings, servers: 3, sentinels: live.settings.sentinels.slice(0, 2) };
    await server(2).kill();
    const outcome = await runProgram(settings, SHORT);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toContain('1 of 2 replicas linked to master 127.77.2.1:6379');
  });

  test('no Sentinel leads to 2', async () => {
    await Promise.all(live.sentinels.map((one) => one.kill()));
    const outcome = await runProgram(live.settings, SHORT);
    expect(outcome.code).toBe(2);
    expect(line(outcome, 'readiness')).toMatch(
      /Sentinel 127\.77\.2\.1:26379: connect ECONNREFUSED.*Sentinel 127\.77\.2\.3/,
    );
  });
});
