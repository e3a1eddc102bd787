import { execFileSync, spawn } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Container, type Life } from '../../src/agent/program/know/container.js';
import { temporary } from './support/engine.js';

/** A container, whose files the test writes as launch.sh does. */
function container() {
  const runDir = temporary();
  const prepared: Life[] = [];
  let finish: () => void = () => {};
  const redis = new Container(
    runDir,
    'redis',
    0,
    (life) => {
      prepared.push(life);
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    () => {},
  );
  const write = (name: string, text: string) => {
    writeFileSync(join(runDir, 'redis.new'), text);
    renameSync(join(runDir, 'redis.new'), join(runDir, name));
  };
  return { redis, runDir, prepared, write, finish: () => finish() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('is absent, then waits once all is prepared, then runs, then waits in its next life', async () => {
  const { redis, runDir, prepared, write, finish } = container();
  redis.look(10);
  expect(redis.process).toEqual({ state: 'absent', since: 0 });
  write('redis.waiting', 'first\nRedis server v=7.0.15\n');
  redis.look(20);
  expect(prepared).toEqual([{ token: 'first', version: 'Redis server v=7.0.15' }]);
  expect([redis.process.state, redis.waits]).toEqual(['absent', undefined]);
  finish();
  await settled();
  redis.look(30);
  expect(redis.process).toEqual({ state: 'waiting', since: 30 });
  expect(redis.waits?.token).toBe('first');
  renameSync(join(runDir, 'redis.waiting'), join(runDir, 'redis.running'));
  redis.look(40);
  expect(redis.process).toEqual({ state: 'running', since: 40 });
  expect([redis.waits, redis.runs]).toEqual([undefined, 'first']);
  redis.look(50);
  expect(redis.process.since).toBe(40);
  write('redis.ended', 'first 137\n');
  rmSync(join(runDir, 'redis.running'));
  write('redis.waiting', 'second\nRedis server v=7.0.15\n');
  redis.look(60);
  expect(redis.process).toEqual({ state: 'absent', since: 60 });
  expect(redis.ended()).toEqual({ token: 'first', status: 137 });
  expect(prepared.at(-1)?.token).toBe('second');
});

it('prepares each life once, however often it is looked at', () => {
  const { redis, write, prepared } = container();
  write('redis.waiting', 'first\nv\n');
  for (let now = 0; now < 5; now++) redis.look(now);
  expect(prepared).toHaveLength(1);
});

it('sends orders through the pipe, and does not wait where nobody reads', async () => {
  const { redis, runDir } = container();
  execFileSync('mkfifo', [join(runDir, 'redis.orders')]);
  redis.order('start', 'lost');
  const reader = spawn('sh', [
    '-c',
    'exec 3<>"$0"; echo ready; read -r line <&3; echo "$line"',
    join(runDir, 'redis.orders'),
  ]);
  onTestFinished(() => void reader.kill());
  let read = '';
  reader.stdout.on('data', (data) => {
    read += data;
    if (read === 'ready\n') redis.order('kill', 'token');
  });
  await new Promise((resolve) => reader.once('exit', resolve));
  expect(read).toBe('ready\nkill token\n');
});
