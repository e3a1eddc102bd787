import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

describe.each(['system', 'busybox'] as const)('in the %s shell', (shell) => {
  it('replaces a killed master long before down-after has passed, and loses nothing', async () => {
    const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT }, { shell });
    const writer = rehearsal.writer();
    await rehearsal.until(() => writer.acks.length > 200, 'no writes');
    const killed = rehearsal.killServer(master);
    await rehearsal.until(
      () => writer.firstAfter(killed + 100) !== undefined,
      () => `no writes: ${writer.lastError}`,
    );
    await rehearsal.whole();
    const report = await writer.report();
    expect(report).toMatchObject({ lost: 0 });
    // down-after is 3 s, and Sentinel alone takes 1.2 s more.
    expect(report.gapMs).toBeLessThan(2500);
    expect(rehearsal.log(master, 'keeper')).toContain('reason=server-gone');
  });
});

it('replaces a killed master by down-after alone where the keeper is gone too', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  await rehearsal.container(master, 'keeper').terminate(0);
  rehearsal.killServer(master);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await kept(rehearsal, heir)).toBe(ALL);
  rehearsal.container(master, 'keeper').start();
  await rehearsal.whole();
});

it('replaces a master that hangs, and demotes it when it goes on', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  rehearsal.freeze(master);
  const heir = await rehearsal.masterOtherThan(master);
  rehearsal.thaw(master);
  const thawed = performance.now();
  await rehearsal.until(async () => (await rehearsal.view.role(master)) === 'replica', 'the old master stays master');
  // Sentinel itself would take ten seconds.
  expect(performance.now() - thawed).toBeLessThan(6000);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, heir)).toBe(ALL);
});

it('never lets a master that came back empty wipe its replicas', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  await rehearsal.crashPod(master);
  rehearsal.loseVolume(master);
  rehearsal.start([master]);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await rehearsal.whole()).toBe(heir);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('never lets a master without persistence wipe its replicas', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.CACHE, persistence: Persistence.none() });
  await fill(rehearsal, master);
  rehearsal.killServer(master);
  await rehearsal.whole();
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('does not promote a fresh replica in the place of the master that filled it', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  const [fresh, other] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  await rehearsal.crashPod(other);
  await rehearsal.crashPod(fresh);
  rehearsal.loseVolume(fresh);
  // Its redis starts only after the master is gone, so it never synchronises.
  await rehearsal.crashPod(master);
  rehearsal.start([fresh, master]);
  await rehearsal.until(async () => (await rehearsal.view.role(master)) === 'master', 'the last master is not back');
  rehearsal.start([other]);
  await rehearsal.whole();
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('does not promote a replica while a silent one may be the only one that confirmed a write', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const [ahead, behind] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  // One loses its link, so that the other alone confirms.
  await rehearsal.view.redis(behind, 'REPLICAOF', rehearsal.sites.addressOf(behind).replace(/\d+$/, '99'), '6379');
  await rehearsal.view.redis(master, 'SET', 'confirmed', 'by one');
  await rehearsal.until(async () => (await rehearsal.view.redis(ahead, 'GET', 'confirmed')) === 'by one', 'not copied');
  rehearsal.killServer(ahead, 'SIGSTOP');
  rehearsal.killServer(master);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await rehearsal.view.role(behind)).toBe('replica');
  rehearsal.killServer(ahead, 'SIGCONT');
  expect(await rehearsal.masterOtherThan(master)).toBe(ahead);
  await rehearsal.whole();
  expect(await rehearsal.view.redis(ahead, 'GET', 'confirmed')).toBe('by one');
});

describe('the heir of a master that has died', () => {
  const script = join(import.meta.dirname, '../../src/keeper/scripts/keeper-crash.sh');
  /** One rule alone: what each replica answers is given, by address. */
  const heirOf = (offsets: Record<string, number>, slow: readonly string[] = []) => {
    const folder = mkdtempSync(join(tmpdir(), 'heir-'));
    for (const [address, offset] of Object.entries(offsets)) {
      const info = ['role:slave', 'slave_priority:100', 'master_link_status:down', `slave_repl_offset:${offset}`];
      writeFileSync(join(folder, `keeper.heir.${address}`), `${info.join('\r\n')}\r\n`);
    }
    const code = `
      RUN_DIR=$2 PROGRAM=keeper REDIS_PORT=6379 slow=" $4 "
      ask_all() { :; }
      field() { tr -d '\\r' | sed -n "s/^$1://p"; }
      . "$1"
      best_heir "$3" && printf %s "$HEIR"`;
    const others = Object.keys(offsets).join(' ');
    return spawnSync('sh', ['-euc', code, 'sh', script, folder, others, slow.join(' ')], { encoding: 'utf8' }).stdout;
  };

  it('is the one that has read most, be it a slow one', () => {
    expect(heirOf({ 'a.1': 10, 'b.2': 20 })).toBe('b.2');
    expect(heirOf({ 'a.1': 10, 'b.2': 20 }, ['b.2'])).toBe('b.2');
  });

  it('is the first of several that have read the same, but rather one that is not slow', () => {
    expect(heirOf({ 'a.1': 20, 'b.2': 20 })).toBe('a.1');
    expect(heirOf({ 'a.1': 20, 'b.2': 20 }, ['a.1'])).toBe('b.2');
    expect(heirOf({ 'a.1': 20, 'b.2': 20 }, ['a.1', 'b.2'])).toBe('a.1');
  });
});
