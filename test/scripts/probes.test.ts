import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** Runs a probe as the kubelet does; true when it is content. */
async function probe(rehearsal: Rehearsal, pod: string, container: string, script: string): Promise<boolean> {
  const command = ['/bin/sh', '-c', `exec sh "$CONFIG_DIR/"${script}`];
  return (await rehearsal.container(pod, container).execute(command, 5000)).code === 0;
}

it('holds a server and a Sentinel for alive and ready while the Secret has another password by now', async () => {
  const { rehearsal } = await wholeRehearsal();
  const file = rehearsal.container('cache-1', 'redis').plan.env.PASSWORD_FILE ?? '';
  writeFileSync(file, 'another', { flag: 'w' });
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh live')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh startup')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'sentinel', 'sentinel-probe.sh live')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh ready')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'sentinel', 'sentinel-probe.sh ready')).toBe(true);
});

it('holds a server for alive, but not for ready, that refuses the password', async () => {
  const { rehearsal } = await wholeRehearsal();
  await rehearsal.view.redis('cache-1', 'CONFIG', 'SET', 'requirepass', 'set by hand');
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh live')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh startup')).toBe(true);
  expect(await probe(rehearsal, 'cache-1', 'redis', 'redis-probe.sh ready')).toBe(false);
});

it('holds a server that is busy with a script for alive', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await rehearsal.view.redis(master, 'CONFIG', 'SET', 'busy-reply-threshold', '50');
  const script = rehearsal.view.redis(master, 'EVAL', 'while true do end', '0').catch(() => undefined);
  await rehearsal.until(async () => {
    const reply = await rehearsal.view.redis(master, 'PING').catch((error: Error) => error.message);
    return String(reply).startsWith('BUSY');
  }, 'the script does not run');
  expect(await probe(rehearsal, master, 'redis', 'redis-probe.sh live')).toBe(true);
  await rehearsal.view.redis(master, 'SCRIPT', 'KILL');
  await script;
});

it('holds a server and a Sentinel that hang for dead', async () => {
  const { rehearsal } = await wholeRehearsal();
  rehearsal.killServer('cache-2', 'SIGSTOP');
  rehearsal.killServer('cache-2', 'SIGSTOP', 'sentinel');
  expect(await probe(rehearsal, 'cache-2', 'redis', 'redis-probe.sh live')).toBe(false);
  expect(await probe(rehearsal, 'cache-2', 'sentinel', 'sentinel-probe.sh live')).toBe(false);
});
