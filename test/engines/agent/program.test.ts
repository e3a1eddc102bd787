import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Remembered } from '../../../src/agent/program/remembered.js';
import { PASSWORD } from '../../agent/support/engine.js';
import { makePods, type Pod, type PodsOptions } from '../../agent/support/pod.js';
import { sleep, until } from '../../agent/support/wait.js';

/** A topology of three pods, of which the first is master and the others are in step. */
async function topology(options: PodsOptions = {}): Promise<[Pod, Pod, Pod]> {
  const pods = makePods(options) as [Pod, Pod, Pod];
  for (const pod of pods) pod.start();
  await until(async () => (await pods[0].role()) === 'master', 'a master', 30_000);
  for (const pod of pods.slice(1)) {
    await until(async () => (await pod.info()).get('slave_priority') === '100', 'a replica in step', 30_000);
  }
  return pods;
}

const remembered = (pod: Pod) => JSON.parse(readFileSync(join(pod.runDir, 'agent.json'), 'utf8')) as Remembered;

const page = async (pod: Pod, path: string) => (await fetch(`http://${pod.address}:8379${path}`)).text();

const metric = async (pod: Pod, name: string) =>
  Number(new RegExp(`^redis_sentinel_agent_${name} (\\S+)$`, 'm').exec(await page(pod, '/metrics'))?.[1]);

/** Runs a sub-command as a person does in the agent's container. */
function subCommand(pod: Pod, word: string) {
  return spawnSync(process.execPath, [join(pod.env.CONFIG_DIR as string, 'agent.cjs'), word], {
    env: pod.env,
    encoding: 'utf8',
  });
}

function promoted(pod: Pod) {
  const { status, stderr } = subCommand(pod, 'promote');
  return { status, stderr };
}

it('keeps its password to itself: not in its log, its pages, its notes, nor on any command line', async () => {
  const pods = await topology();
  const [master] = pods;
  master.secret('another-password');
  await master.said('password-changed accepted-by=server,sentinel');
  const pages = await Promise.all(['/status', '/metrics', '/readyz?of=master'].map((path) => page(master, path)));
  const notes = readFileSync(join(master.runDir, 'agent.json'), 'utf8');
  const lines = [master.agent.pid, master.pid('redis'), master.pid('sentinel')].map((pid) => [
    readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    readFileSync(`/proc/${pid}/environ`, 'utf8'),
  ]);
  const all = [master.log(), notes, ...pages, ...lines.flat()].join('\n');
  expect(all).toContain('password-changed');
  expect(all).not.toContain(PASSWORD);
  expect(all).not.toContain('another-password');
});

it('does not end a healthy master for the time in which it did not run itself', async () => {
  const [master] = await topology();
  process.kill(master.agent.pid, 'SIGSTOP');
  await sleep(5000);
  process.kill(master.agent.pid, 'SIGCONT');
  await until(async () => (await metric(master, 'stalls_total')) > 0, 'it knows that it stood still');
  expect(await metric(master, 'stalled_seconds_total')).toBeGreaterThan(3);
  await sleep(2500);
  expect(master.log()).not.toContain('ended-server');
  expect(await master.role()).toBe('master');
});

it('ends a strict master that hangs, and one that only stands still for a moment goes on', async () => {
  const [master] = await topology();
  const pid = master.pid('redis');
  process.kill(pid, 'SIGSTOP');
  await sleep(1000);
  process.kill(pid, 'SIGCONT');
  await sleep(1500);
  expect(master.log()).not.toContain('ended-server');
  process.kill(pid, 'SIGSTOP');
  await master.said('ended-server');
  await master.said('switched to=');
  expect(existsSync(`/proc/${pid}`)).toBe(false);
}, 90_000);

it('knows what an agent before it knew of the server that runs, and nothing of one that runs no more', async () => {
  const [master] = await topology();
  await until(() => remembered(master).durable?.seenAsMaster === true, 'noted');
  const { server } = remembered(master);
  await master.agent.end('SIGKILL');
  await until(() => master.log().split('watching-over me=').length === 3, 'the next agent');
  await until(async () => (await page(master, '/readyz?of=master')) === 'ok\n', 'it is master to the next one');
  expect(remembered(master).durable?.seenAsMaster).toBe(true);
  expect(remembered(master).server).toEqual(server);

  await master.agent.kill();
  await master.redis.end('SIGKILL');
  await until(() => existsSync(join(master.runDir, 'redis.waiting')), 'the next server waits');
  master.agent.start();
  const isNext = () => remembered(master).server?.token !== server?.token && remembered(master).server?.loaded === true;
  await until(isNext, 'the next server has read its file', 30_000);
  expect(remembered(master).durable?.seenAsMaster).toBe(false);
}, 90_000);

it('puts a file aside that its server could not load, and only then', async () => {
  const [, replica] = await topology();
  const folder = join(replica.dataDir, 'redis', 'appendonlydir');
  // After its first copy it writes its file anew.
  await until(
    async () => (await replica.info()).get('aof_rewrite_in_progress') === '0' && readdirSync(folder).length === 3,
    'one file',
  );
  await replica.agent.kill();
  process.kill(replica.pid('redis'), 'SIGKILL');
  await until(() => existsSync(join(replica.runDir, 'redis.waiting')), 'the next one waits');
  const manifest = readFileSync(join(folder, 'appendonly.aof.manifest'), 'utf8');
  const increment = join(folder, /(\S+) seq \d+ type i/.exec(manifest)?.[1] as string);
  writeFileSync(increment, '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\nbroken in the middle\r\n*1\r\n$4\r\nPING\r\n');
  replica.agent.start();
  await replica.said('put-aside files=', 60_000);
  const isLinked = async () => (await replica.info()).get('master_link_status') === 'up';
  await until(isLinked, 'it copied from the master', 30_000).catch((error: Error) => {
    throw new Error(`${error.message}; it said:\n${replica.log()}\nand its server:\n${replica.redis.log()}`);
  });
  expect(readFileSync(join(`${folder}.damaged`, increment.split('/').at(-1) as string), 'utf8')).toContain('broken');
  expect(replica.log()).toMatch(/data-unreadable its files could not be loaded \(status 1/);
}, 120_000);

it('is told by a person to promote only where that helps', async () => {
  const [master, replica] = await topology();
  expect(promoted(replica)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${master.address} is master: nothing to promote`),
  });
  for (const pod of [master, replica]) await pod.agent.kill();
  await master.redis.kill();
  expect(promoted(replica)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('not waiting to start, and no candidate'),
  });
  writeFileSync(join(replica.runDir, 'redis.waiting'), 'token\nversion\n');
  expect(promoted(replica)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('promote pod=cache-1: ordered'),
  });
  expect(existsSync(join(replica.runDir, 'promote'))).toBe(true);
  rmSync(join(replica.runDir, 'located'));
  expect(promoted(replica)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('has not found its addresses yet'),
  });
});

it('stops at once when it is told to, and leaves what runs alone', async () => {
  const [master] = await topology();
  const pid = master.pid('redis');
  const before = performance.now();
  await master.agent.end('SIGTERM');
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(existsSync(`/proc/${pid}`)).toBe(true);
});

it('says in one line what it does not understand', () => {
  const [pod] = makePods({ count: 1, env: { QUORUM: 'two' } }) as [Pod];
  expect(promoted(pod)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^\S+Z agent error environment: QUORUM must be .*\n$/),
  });
});

it('tells by a sub-command what it tells at /status, and says so where it is not there', async () => {
  const [pod] = await topology();
  const { status, stdout } = subCommand(pod, 'status');
  expect(status).toBe(0);
  expect(Object.keys(JSON.parse(stdout))).toEqual(Object.keys(JSON.parse(await page(pod, '/status'))));
  process.kill(pod.agent.pid, 'SIGKILL');
  await until(() => subCommand(pod, 'status').status === 1, 'it is noticed that the agent is gone');
  expect(subCommand(pod, 'status').stderr).toMatch(/ agent error .*ECONNREFUSED/);
  expect(subCommand(pod, 'stat').stderr).toMatch(/usage: agent\.cjs \[promote\|status\], got 'stat'/);
});
