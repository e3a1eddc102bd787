import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { hasEngine, type ShellKind } from '../../src/rehearsal/binaries.js';
import { sessionMembers } from '../../src/rehearsal/processes.js';
import { PodFolders, type Surroundings, until } from './support/launched.js';

const SHELLS: ShellKind[] = ['system', 'busybox'];

/** A server that runs, on order. */
async function started(surroundings: Surroundings) {
  const pod = new PodFolders(surroundings);
  pod.configure();
  const launcher = pod.launch();
  const token = await pod.token();
  pod.order(`start ${token}`);
  await until(
    async () => surroundings.fake !== undefined || (await pod.ping()) === '+PONG',
    () => launcher.output,
  );
  return { pod, launcher, token, server: await launcher.server() };
}

/** Pipes and files that a process holds open. */
function open(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
}

describe.each(SHELLS)('the launcher, in the shell of kind %s', (shell) => {
  it('waits for an order under a token of its own, says the version, and starts no process meanwhile', async () => {
    const pod = new PodFolders({ shell });
    pod.write('redis.running', 'of an earlier life');
    const launcher = pod.launch();
    await pod.token();
    expect(pod.file('redis.waiting')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}\n\S+ server v=\S+ .*\n$/);
    expect(pod.file('redis.running')).toBeUndefined();
    await until(() => launcher.waits, 'no reader of orders');
    const waiting = launcher.processes;
    await sleep(1000);
    expect(launcher.processes).toEqual(waiting);
  });

  it('starts the server on order, and not on one for an earlier life', async () => {
    const pod = new PodFolders({ shell });
    pod.configure();
    const launcher = pod.launch();
    const token = await pod.token();
    for (const line of ['start', 'start 00000000-0000-0000-0000-000000000000', `kill ${token}`, '', '-n ('])
      pod.order(line);
    await sleep(300);
    expect(pod.file('redis.waiting')).toBeDefined();
    expect(launcher.waits).toBe(true);
    pod.order(`start ${token}`);
    await until(
      async () => (await pod.ping()) === '+PONG',
      () => launcher.output,
    );
    expect(pod.file('redis.waiting')).toBeUndefined();
    expect(pod.file('redis.running')?.split('\n')[0]).toBe(token);
    expect(open(await launcher.server())).not.toContainEqual(expect.stringContaining('redis.orders'));
  });

  it('passes SIGTERM on, and ends with the server and its status', async () => {
    const { pod, launcher, token } = await started({ shell });
    launcher.terminate();
    expect(await launcher.exit).toBe(0);
    expect(pod.file('redis.ended')).toBe(`${token} 0\n`);
    expect(pod.file('redis.running')).toBeUndefined();
    expect(launcher.output).toContain('Received SIGTERM');
    await until(() => sessionMembers(launcher.pid).length === 0, 'something is left of it');
  });

  it.each([{ stopped: false }, { stopped: true }])(
    'kills the server on order (SIGSTOP before: $stopped)',
    async ({ stopped }) => {
      const { pod, launcher, token, server } = await started({ shell });
      if (stopped) process.kill(server, 'SIGSTOP');
      pod.order('kill 00000000-0000-0000-0000-000000000000');
      await sleep(300);
      expect(await launcher.server()).toBe(server);
      pod.order(`kill ${token}`);
      expect(await launcher.exit).toBe(137);
      expect(pod.file('redis.ended')).toBe(`${token} 137\n`);
      expect(pod.file('redis.running')).toBeUndefined();
    },
  );

  it('kills a server on order that was told to stop and does not', async () => {
    const { pod, launcher, token, server } = await started({ shell });
    process.kill(server, 'SIGSTOP');
    launcher.terminate();
    await sleep(500);
    pod.order(`kill ${token}`);
    expect(await launcher.exit).toBe(137);
  });

  it('ends with the status of a server that ends by itself, and waits anew in its next life', async () => {
    const pod = new PodFolders({ shell });
    pod.write('redis.conf', 'no-such-directive yes\n');
    const launcher = pod.launch();
    const token = await pod.token();
    pod.order(`start ${token}`);
    expect(await launcher.exit).toBe(1);
    expect(pod.file('redis.ended')).toBe(`${token} 1\n`);
    pod.launch();
    expect(await pod.token()).not.toBe(token);
  });

  it('tells a server again that refuses to stop', async () => {
    const fake = 'trap "trap \'exit 7\' TERM; echo refused" TERM\n: >"$RUN_DIR/up"\nwhile :; do sleep 0.1; done';
    const { pod, launcher } = await started({ shell, fake: `[ "$1" = --version ] && exit 0\n${fake}` });
    await until(() => pod.file('up') !== undefined, 'not up');
    launcher.terminate();
    expect(await launcher.exit).toBe(7);
    expect(launcher.output).toContain('refused');
  });

  it('ends at once on SIGTERM while it waits, and leaves nothing behind', async () => {
    const pod = new PodFolders({ shell });
    const launcher = pod.launch();
    await pod.token();
    await until(() => launcher.waits, 'no reader of orders');
    launcher.terminate();
    expect(await launcher.exit).toBe(143);
    await until(() => sessionMembers(launcher.pid).length === 0, 'the reader is left');
    expect(pod.file('redis.ended')).toBeUndefined();
  });

  it('starts a Sentinel with the file of its own, beside a server in the same pod', async () => {
    const pod = new PodFolders({ shell, fake: '[ "$1" = --version ] || { echo "args $*"; sleep 100; }' });
    const [redis, sentinel] = [pod.launch('redis'), pod.launch('sentinel')];
    pod.order(`start ${await pod.token('sentinel')}`, 'sentinel');
    const asked = `args ${pod.data}/sentinel/sentinel.conf --sentinel`;
    await until(
      () => sentinel.output.includes(asked),
      () => sentinel.output,
    );
    expect(pod.file('redis.waiting')).toBeDefined();
    expect(redis.waits).toBe(true);
  });

  it('holds the preStop hook until the agent has handed over', async () => {
    const pod = new PodFolders({ shell });
    pod.write('redis.running', 'token\n');
    pod.write('hand-over.done', 'of an earlier one');
    const hook = pod.start('hand-over.sh');
    await until(() => pod.file('hand-over.asked') !== undefined, 'not asked');
    await sleep(300);
    expect(hook.processes).not.toEqual([]);
    pod.write('hand-over.done');
    expect(await hook.exit).toBe(0);
    expect(readdirSync(pod.run)).toEqual(['redis.running']);
  });

  it.each([
    { when: 'no server runs', prepare: () => undefined, grace: 60 },
    {
      when: 'only 35 s of the grace period are left',
      prepare: (pod: PodFolders) => pod.write('redis.running'),
      grace: 36,
    },
  ])('does not hold the preStop hook longer when $when', async ({ prepare, grace }) => {
    const pod = new PodFolders({ shell, grace });
    prepare(pod);
    const before = performance.now();
    expect(await pod.start('hand-over.sh').exit).toBe(0);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(readdirSync(pod.run).filter((name) => name.startsWith('hand-over'))).toEqual([]);
  });
});

it.skipIf(!hasEngine('valkey', process.env.PATH ?? ''))('starts Valkey as it does Redis', async () => {
  const { pod, launcher } = await started({ engine: 'valkey' });
  launcher.terminate();
  expect(await launcher.exit).toBe(0);
  expect(pod.file('redis.ended')).toMatch(/ 0\n$/);
});

test('all shell in pods is 60 lines at most, for it decides nothing', () => {
  const folder = join(import.meta.dirname, '../../src/agent/scripts');
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(readdirSync(folder).sort()).toEqual(['hand-over.sh', 'launch.sh']);
});
