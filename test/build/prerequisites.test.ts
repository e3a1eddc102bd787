import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../src/build/prerequisites.sh');
const TOOLS = ['sh', 'sed', 'head', 'grep', 'cat', 'env', 'chmod', 'touch'];

let bin: string;

/** A PATH on which every program is a fake that logs its call, or one of the harmless tools above. */
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'prerequisites-'));
  for (const tool of TOOLS) {
    const path = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((candidate) => existsSync(candidate));
    if (path) symlinkSync(path, join(bin, tool));
  }
  fake('id', 'echo 1000');
});

afterEach(() => rmSync(bin, { recursive: true }));

function fake(name: string, body = ''): void {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** sudo that runs nothing but `true` and apt-get, so that the test changes nothing on this machine. */
function fakeSudo(): void {
  const log = `echo "sudo $*" >> "${join(bin, 'log')}"`;
  fake('sudo', `shift; [ "$*" = true ] && exit; ${log}; case "$*" in *apt-get*) exec "$@";; esac`);
}

function fakeInstaller(name: string, body: string): void {
  fake(name, `echo "${name} $*" >> "${join(bin, 'log')}"; ${body}`);
}

function run(env: Record<string, string> = {}, args = ['tests']) {
  const { status, stderr } = spawnSync(join(bin, 'sh'), [SCRIPT, ...args], {
    encoding: 'utf8',
    env: {
      PATH: bin,
      POLICY_RC_D: join(bin, 'policy'),
      SYSTEM_PYTHON: join(bin, 'no-python'),
      REDIS_MODULES: bin,
      ...env,
    },
  });
  const log = join(bin, 'log');
  return { status, stderr, calls: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
}

function installs(program: string): string {
  const path = join(bin, program);
  return `case "$*" in *install*) echo '#!/bin/sh' > '${path}'; chmod 755 '${path}';; esac`;
}

test('does nothing where nothing is missing', () => {
  for (const program of [
    'redis-server',
    'busybox',
    'valkey-server',
    'shellcheck',
    'strace',
    'haproxy',
    'openssl',
    'prometheus',
    'prometheus-redis-exporter',
    'chromium',
    // They have the clients.
    'python3',
    'php',
    // And the module.
    'redisearch.so',
  ])
    fake(program);
  fakeInstaller('apt-get', 'exit 1');
  expect(run()).toEqual({ status: 0, stderr: '', calls: [] });
});

test('installs redis-server through apt-get, without letting its service start', () => {
  fakeSudo();
  fakeInstaller('apt-get', installs('redis-server'));
  const { status, calls } = run();
  expect(status).toBe(0);
  const install = calls.findIndex((call) => call.startsWith('apt-get') && call.includes('install -y'));
  const forbid = calls.findIndex((call) => call.includes('/policy') && call.includes('exit 101'));
  const allow = calls.findIndex((call) => call.includes('rm -f') && call.includes('/policy'));
  expect(calls[install]).toContain('redis-server');
  expect(forbid < install && install < allow, calls.join('\n')).toBe(true);
});

test('lets services start again after an installation that failed', () => {
  fakeSudo();
  fakeInstaller('apt-get', 'exit 100');
  const { status, stderr, calls } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('brew install redis');
  expect(calls.at(-1)).toContain('rm -f');
});

test('installs redis through brew where there is no apt-get', () => {
  fake('busybox');
  fakeInstaller('brew', installs('redis-server'));
  expect(run()).toMatchObject({ status: 0, calls: ['brew install redis'] });
});

test('fails where it may not install, and says how to get redis-server', () => {
  fakeInstaller('apt-get', 'exit 1');
  const { status, stderr, calls } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('sudo apt-get install redis-server');
  expect(calls).toEqual([]);
});

test('goes on without valkey-server, shellcheck, strace, haproxy, openssl, chromium and clients, and says so', () => {
  fake('redis-server');
  const { status, stderr } = run();
  expect(status).toBe(0);
  expect(stderr).toContain('valkey-server is missing: its tests are skipped');
  expect(stderr).toContain('shellcheck is missing: its tests are skipped');
  expect(stderr).toContain('strace is missing: its tests are skipped');
  expect(stderr).toContain('haproxy is missing: its tests are skipped');
  expect(stderr).toContain('openssl is missing: its tests are skipped');
  expect(stderr).toContain('chromium is missing: its tests are skipped');
  for (const client of ['redisearch', 'redis-py', 'Celery', 'predis']) {
    expect(stderr).toContain(`${client} is missing: its tests are skipped`);
  }
});

test('in CI, tries to install what can be done without, and goes on when that fails', () => {
  fake('redis-server');
  fake('busybox');
  fakeSudo();
  fakeInstaller('apt-get', 'exit 100');
  fakeInstaller('apt-cache', '');
  const { status, calls } = run({ CI: 'true' });
  expect(status).toBe(0);
  expect(calls.filter((call) => call.startsWith('apt-get') && call.includes('install -y'))).toHaveLength(13);
});

test('respects a policy that the machine has already', () => {
  fakeSudo();
  fakeInstaller('apt-get', installs('redis-server'));
  fake('policy', 'exit 104');
  const { status, calls } = run();
  expect(status).toBe(0);
  expect(calls.join('\n')).not.toContain('/policy');
});

test('installs for the rehearsal no more than it runs', () => {
  fakeSudo();
  fakeInstaller('apt-get', installs('redis-server'));
  const { status, stderr } = run({}, []);
  expect(status).toBe(0);
  expect(stderr).not.toMatch(/busybox|valkey|shellcheck|strace|haproxy|openssl|chromium/);
});
