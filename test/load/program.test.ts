import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { type FaultEntry, parseHistory } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import { loadProgram } from '../cluster/support/client-pod.js';
import { wholeRehearsal } from '../engines/support/rehearsed.js';

const execute = promisify(execFile);

/** The load program as in a pod: writers and readers, and a client that clings to the master. */
async function loadOf(rehearsal: Rehearsal, master: string) {
  const { sites } = rehearsal;
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  const program = join(folder, 'load.cjs');
  writeFileSync(program, await loadProgram());
  writeFileSync(join(folder, 'password'), sites.password ?? '');
  const endpoints = (pods: readonly string[], port: number) =>
    pods.map((pod) => `${sites.addressOf(pod)}:${port}`).join(',');
  const access = [
    ...['--sentinels', endpoints(sites.sentinels, sites.sentinelPort)],
    ...['--servers', endpoints(sites.servers, sites.redisPort)],
    ...['--password-file', join(folder, 'password'), '--master-name', sites.masterName],
    ...['--run', 'test', '--watched', '2'],
  ];
  const kinds = {
    clients: ['--writers', '2', '--readers', '1'],
    pinned: [
      ...['--writers', '1', '--readers', '1', '--first', '100', '--wait', '0'],
      ...['--pinned', endpoints([master], sites.redisPort)],
    ],
  };
  const history = (kind: string) => join(folder, `${kind}.jsonl`);
  const all = (verb: string) =>
    Promise.all(
      Object.entries(kinds).map(([kind, args]) =>
        execute(process.execPath, [program, verb, '--history', history(kind), ...args, ...access]),
      ),
    );
  await all('start');
  return async (window: { from: number; to: number }) => {
    await all('stop');
    const text = Object.keys(kinds).map((kind) => readFileSync(history(kind), 'utf8'));
    const servers = Object.fromEntries(sites.servers.map((pod) => [sites.addressOf(pod), pod]));
    const entry: FaultEntry = {
      kind: 'fault',
      name: 'fault',
      ...window,
      healed: window.to,
      whole: true,
      pinned: [100],
      servers,
    };
    return judge([...parseHistory(text.join('')), entry]);
  };
}

it('the load program sees a failover, and that the old master takes no more writes', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const finish = await loadOf(rehearsal, master);
  const from = Date.now();
  rehearsal.killServer(master);
  const heir = await rehearsal.masterOtherThan(master);
  await rehearsal.whole();
  const found = await finish({ from, to: Date.now() });
  expect(found.lostConfirmed).toEqual([]);
  expect(found.lost.length).toBeLessThan(3);
  // More than the time between two writes.
  expect(found.writeOutage.ms).toBeGreaterThan(15);
  expect(found.writeOutage.ms).toBeLessThan(4500);
  expect(found.readOutage.ms).toBeGreaterThan(15);
  expect(found.twoMasters).toEqual({ ms: 0, writes: 0 });
  expect(found.staleReads).toEqual([]);
  expect(found.reigns.map(({ server }) => server)).toEqual([master, heir]);
});

/** The master hangs until another is there, and goes on for a second. @param demoted whether its agent demotes it meanwhile */
async function hang(rehearsal: Rehearsal, master: string, demoted: boolean) {
  const finish = await loadOf(rehearsal, master);
  const from = Date.now();
  if (!demoted) rehearsal.signalAgent(master, 'SIGSTOP');
  rehearsal.killServer(master, 'SIGSTOP');
  await rehearsal.masterOtherThan(master);
  await sleep(2000);
  rehearsal.killServer(master, 'SIGCONT');
  await sleep(1000);
  rehearsal.signalAgent(master, 'SIGCONT');
  await rehearsal.whole();
  return finish({ from, to: Date.now() });
}

it('the load program sees two masters where one that hung goes on to accept writes', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.CACHE });
  // Its agent demotes it at once: whether a client writes before that is a matter of chance.
  const found = await hang(rehearsal, master, false);
  expect(found.twoMasters.writes).toBeGreaterThan(0);
  expect(found.staleReads).toEqual([]);
});

it('the load program sees that in strict one that hung takes no more than what had been sent to it meanwhile', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const found = await hang(rehearsal, master, true);
  // Before it looks for its replicas, a server answers what is in its sockets; the one clinging writer waits for an answer.
  expect(found.twoMasters.ms).toBe(0);
  expect(found.twoMasters.writes).toBeLessThanOrEqual(1);
  expect(found.lostConfirmed).toEqual([]);
});

describe('what every server says is printed by the load program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  const password = join(folder, 'password');
  writeFileSync(password, 'x');
  const access = ['--servers', 'localhost:1', '--sentinels', 'localhost:1', '--password-file', password];
  const silent = [{ host: 'localhost', error: expect.any(String) }];
  const unreachable = { servers: silent, sentinels: silent };
  const answersOf = (program: string, input: string, verb: string) => {
    const child = execute(process.execPath, [program, verb, ...access]);
    child.child.stdin?.end(input);
    return child.then(({ stdout }) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  };

  it('once by `observe`, also where its standard input holds the program itself', async () => {
    expect(await answersOf('-', await loadProgram(), 'observe')).toEqual([unreachable]);
  });

  it('for each line of its input by `watch`', async () => {
    const program = join(folder, 'load.cjs');
    writeFileSync(program, await loadProgram());
    expect(await answersOf(program, '\n\n', 'watch')).toEqual([unreachable, unreachable]);
  });
});
