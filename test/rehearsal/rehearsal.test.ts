import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { processesInside } from '../../src/rehearsal/processes.js';
import { Rehearsal, type RehearsalOptions } from '../../src/rehearsal/rehearsal.js';
import { FOLDER_PREFIX, sweep } from '../../src/rehearsal/sweep.js';
import { type Fixture, LIVES, manifest } from './fixture.js';

let rehearsal: Rehearsal;
afterEach(() => rehearsal?.close());

async function create(fixture: Fixture, options?: RehearsalOptions): Promise<void> {
  rehearsal = await Rehearsal.create(manifest(fixture), options);
}
const start = async (fixture: Fixture, options?: RehearsalOptions) => {
  await create(fixture, options);
  rehearsal.start();
};
const file = (volume: string, name: string, pod = 'toy-0') => join(rehearsal.folder, pod, 'volumes', volume, name);
const lines = (name: string, pod?: string) =>
  readFileSync(file('data', name, pod), 'utf8')
    .trim()
    .split('\n');
const appears = (path: string) => rehearsal.until(() => existsSync(path), `no ${path}`, { timeoutMs: 5000 });
const saying = (text: string, container = 'redis') =>
  rehearsal.until(() => rehearsal.log('toy-0', container).includes(text), `the log lacks '${text}'`, {
    timeoutMs: 5000,
  });

test('a container that ends is started again, at once and then after a pause', async () => {
  await start({ scripts: { 'main.sh': 'date +%s%N >>"$DATA_DIR/starts"' } }, { backoffMs: [0, 1500] });
  await appears(file('data', 'starts'));
  await rehearsal.until(() => lines('starts').length >= 4, 'no fourth start', { timeoutMs: 20_000 });
  const starts = lines('starts').map((time) => Number(BigInt(time) / 1_000_000n));
  const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(pauses[1]).toBeGreaterThanOrEqual(1500);
  expect(pauses[2]).toBeGreaterThanOrEqual(1500);
  // Without a pause there is what starting a process takes, on a machine as busy as it was for the others.
  expect(pauses[0]).toBeLessThan(Math.min(pauses[1] ?? 0, pauses[2] ?? 0));
});

test('what a container leaves running ends with its first process, even in a group of its own', async () => {
  await start({ scripts: { 'main.sh': 'timeout 100 sleep 100 & while [ ! -e "$RUN_DIR/go" ]; do sleep 0.05; done' } });
  const container = rehearsal.container('toy-0', 'redis');
  const sleepers = () =>
    processesInside(join(rehearsal.folder, 'toy-0')).filter(({ program }) => program === 'timeout');
  await rehearsal.until(() => sleepers().length === 1, 'no sleeper', { timeoutMs: 5000 });
  const [first] = sleepers();
  writeFileSync(file('run', 'go'), '');
  await rehearsal.until(() => container.restarts > 0, 'no restart', { timeoutMs: 5000 });
  // A process to which SIGKILL has been sent is there until the kernel comes to it.
  const isGone = () => sleepers().every(({ pid }) => pid !== first?.pid);
  await rehearsal.until(isGone, 'it goes on', { timeoutMs: 5000 });
});

test('a deleted pod runs its hook, then ends its container, then the sidecar; its successor has the same data', async () => {
  await start({
    scripts: {
      'main.sh': LIVES,
      'side.sh': LIVES.replaceAll('$POD_NAME', 'side'),
      'hook.sh': 'echo hook >>"$DATA_DIR/story"',
    },
    preStop: true,
  });
  await appears(file('run', 'here'));
  await rehearsal.until(() => lines('story').length === 2, 'not both started', { timeoutMs: 5000 });
  await rehearsal.replacePod('toy-0');
  expect(lines('story').slice(2, 5)).toEqual(['hook', 'toy-0 ends', 'side ends']);
  await rehearsal.until(() => lines('story').length === 7, 'no successor', { timeoutMs: 5000 });
  expect(lines('story', 'toy-1')).toHaveLength(2);
});

test('a shell without a trap does not notice SIGTERM, as PID 1 would not, and is killed when the grace is over', async () => {
  await start({ scripts: { 'main.sh': ': >"$RUN_DIR/here"; while :; do sleep 0.05; done' }, graceSeconds: 2 });
  await appears(file('run', 'here'));
  const before = performance.now();
  await rehearsal.deletePod('toy-0');
  expect(performance.now() - before).toBeGreaterThanOrEqual(2000);
  expect(rehearsal.log('toy-0', 'redis')).toContain('SIGTERM dropped');
});

test('a hook that hangs is ended with the grace period', async () => {
  await start({ scripts: { 'main.sh': LIVES, 'hook.sh': 'sleep 100' }, preStop: true, graceSeconds: 1 });
  await appears(file('run', 'here'));
  const before = performance.now();
  await rehearsal.deletePod('toy-0');
  expect(performance.now() - before).toBeLessThan(20_000);
  expect(processesInside(join(rehearsal.folder, 'toy-0'))).toEqual([]);
});

test('a crash leaves no time to end, and nothing starts before it is told to', async () => {
  await start({ scripts: { 'main.sh': LIVES, 'side.sh': LIVES } });
  await appears(file('run', 'here'));
  writeFileSync(file('run', 'old'), '');
  await rehearsal.crashPod('toy-0');
  expect(processesInside(join(rehearsal.folder, 'toy-0'))).toEqual([]);
  expect(lines('story')).not.toContain('toy-0 ends');
  rehearsal.start(['toy-0']);
  expect(existsSync(file('run', 'old'))).toBe(false);
  await appears(file('run', 'here'));
});

test.for([
  { claim: true, lose: false, kept: true },
  { claim: true, lose: true, kept: false },
  { claim: false, lose: false, kept: false },
])('claim $claim, volume lost $lose: data kept $kept', async ({ claim, lose, kept }) => {
  await start({ scripts: { 'main.sh': 'exec sleep 100' }, claim });
  writeFileSync(file('data', 'old'), '');
  await rehearsal.crashPod('toy-0');
  if (lose) rehearsal.loseVolume('toy-0');
  rehearsal.start(['toy-0']);
  expect(existsSync(file('data', 'old'))).toBe(kept);
});

test('a volume in use cannot be lost', async () => {
  await start({ scripts: { 'main.sh': 'exec sleep 100' } });
  expect(() => rehearsal.loseVolume('toy-0')).toThrow(/runs: crash or delete it/);
});

test('a held container does not start before it is released', async () => {
  await create({ scripts: { 'main.sh': 'exec sleep 100', 'side.sh': 'exec sleep 100' } });
  rehearsal.container('toy-0', 'redis').hold();
  rehearsal.start();
  expect(rehearsal.container('toy-0', 'redis').running).toBe(false);
  expect(rehearsal.container('toy-0', 'side').running).toBe(true);
  rehearsal.container('toy-0', 'redis').release();
  expect(rehearsal.container('toy-0', 'redis').running).toBe(true);
});

test('a frozen pod stands still until it is thawed', async () => {
  await start({ scripts: { 'main.sh': 'while :; do echo tick; sleep 0.02; done' } });
  await saying('tick');
  rehearsal.freeze('toy-0');
  const frozen = rehearsal.log('toy-0', 'redis').length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(rehearsal.log('toy-0', 'redis').length).toBe(frozen);
  rehearsal.thaw('toy-0');
  await rehearsal.until(() => rehearsal.log('toy-0', 'redis').length > frozen, 'still frozen', { timeoutMs: 5000 });
});

test('a pod is ready when its probe says so', async () => {
  await start({ scripts: { 'main.sh': 'exec sleep 100', 'probe.sh': '[ "$1" = ready ] && [ -e "$DATA_DIR/ready" ]' } });
  expect(await rehearsal.ready('toy-0')).toBe(false);
  writeFileSync(file('data', 'ready'), '');
  expect(await rehearsal.ready('toy-0')).toBe(true);
  await rehearsal.crashPod('toy-0');
  expect(await rehearsal.ready('toy-0')).toBe(false);
});

test.each([{ port: 8379 }, { port: 'answers' }])(
  'a pod is ready when it says so by HTTP, on port $port',
  async ({ port }) => {
    await start({
      scripts: { 'main.sh': 'exec sleep 100' },
      readiness: { httpGet: { path: '/readyz?of=redis', port } },
    });
    expect(await rehearsal.ready('toy-0')).toBe(false);
    let answer: number | 'none' = 503;
    const asked: (string | undefined)[] = [];
    const agent = createServer(({ url }, response) => {
      asked.push(url);
      if (answer !== 'none') response.writeHead(answer).end();
    });
    await new Promise<void>((resolve) => agent.listen(8379, rehearsal.sites.addressOf('toy-0'), resolve));
    try {
      expect(await rehearsal.ready('toy-0')).toBe(false);
      answer = 200;
      expect(await rehearsal.ready('toy-0')).toBe(true);
      answer = 'none';
      expect(await rehearsal.ready('toy-0')).toBe(false);
      expect(new Set(asked)).toEqual(new Set(['/readyz?of=redis']));
    } finally {
      agent.closeAllConnections();
      agent.close();
    }
  },
);

test('scripts see what the manifest gives them, mapped to this machine, and nothing of the environment around', async () => {
  process.env.LEAK = 'yes';
  await start({
    scripts: { 'main.sh': 'env; cat "$PASSWORD_FILE"; exec sleep 100' },
    env: [
      { name: 'BIND', value: '* -::*' },
      { name: 'PEERS', value: 'toy-1.$(NAMESPACE).svc.cluster.local.:6379' },
    ],
    objects: [
      service('toy-1'),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'toy-auth' },
        stringData: { password: 'from-the-manifest' },
      },
    ],
  });
  await saying('from-the-manifest');
  const log = rehearsal.log('toy-0', 'redis');
  expect(log).toContain(`BIND=${rehearsal.sites.addressOf('toy-0')}\n`);
  expect(log).toContain(`PEERS=${rehearsal.sites.addressOf('toy-1')}:6379\n`);
  expect(log).toContain('POD_NAME=toy-0\n');
  expect(log).not.toContain('LEAK');
});

test('the shell and every tool are BusyBox’s when that is asked for', async () => {
  await start({ scripts: { 'main.sh': 'sed --help 2>&1 | head -n 1; exec sleep 100' } }, { shell: 'busybox' });
  await saying('BusyBox');
});

test('a Service that the manifest lacks is named', async () => {
  const missing = create({ scripts: { 'main.sh': '' }, env: [{ name: 'PEERS', value: 'toy-7.x.svc.cluster.local.' }] });
  await expect(missing).rejects.toThrow("names a Service 'toy-7' that leads to no pod");
});

test('an engine that is not on this machine is named, with what to do', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER_PREFIX));
  const before = folders();
  const missing = create({ scripts: { 'main.sh': '' } }, { searchPath: '/nowhere' });
  await expect(missing).rejects.toThrow(/'redis-server' is not in \/nowhere; run/);
  expect(folders().filter((name) => !before.includes(name))).toEqual([]);
});

test('closing leaves no process and no folder', async () => {
  await start({ scripts: { 'main.sh': 'timeout 100 sleep 100 & exec sleep 100' } });
  const { folder } = rehearsal;
  await rehearsal.close();
  expect(processesInside(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('closing in the midst of a replacement leaves no successor', async () => {
  await start({ scripts: { 'main.sh': LIVES, 'hook.sh': ': >"$DATA_DIR/hook"; sleep 100' }, preStop: true });
  await appears(file('run', 'here'));
  const replaced = rehearsal.replacePod('toy-0');
  await appears(file('data', 'hook'));
  const { folder } = rehearsal;
  await rehearsal.close({ keep: true });
  await replaced;
  const left = processesInside(folder);
  rmSync(folder, { recursive: true });
  expect(left).toEqual([]);
  expect(() => rehearsal.start()).toThrow(/is closed/);
});

test('two rehearsals have different addresses', async () => {
  await create({ scripts: { 'main.sh': '' } });
  const other = await Rehearsal.create(manifest({ scripts: { 'main.sh': '' } }));
  expect(other.sites.addressOf('toy-0')).not.toBe(rehearsal.sites.addressOf('toy-0'));
  await other.close();
});

test('the remains of a rehearsal that was killed itself are swept away by the next', () => {
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  const gone = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  writeFileSync(join(folder, 'owner'), `${gone} ${readlinkSync('/proc/self/ns/pid')}`);
  const orphan = spawn('sleep', ['100'], { cwd: folder, detached: true, stdio: 'ignore' });
  expect(processesInside(folder).map(({ pid }) => pid)).toEqual([orphan.pid]);
  sweep();
  expect(processesInside(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

function service(name: string) {
  const spec = { selector: { 'statefulset.kubernetes.io/pod-name': name } };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

test('modules are loaded from where this machine has them, and left out with a note where it does not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'here.so'), '');
  const configuration =
    'appendonly yes\nloadmodule /image/here.so WORD 1\nloadmodule /image/none.so\nloglevel notice\n';
  await start({ scripts: { 'main.sh': LIVES, 'redis.conf': configuration } }, { modulePath: `/nowhere:${folder}` });
  expect(readFileSync(file('config', 'redis.conf'), 'utf8')).toBe(
    `appendonly yes\nloadmodule ${folder}/here.so WORD 1\nloglevel notice\n`,
  );
  expect(rehearsal.notes).toContain(`module here.so is this machine's: ${folder}/here.so`);
  expect(rehearsal.notes.join()).toContain('THE MODULE none.so IS NOT ON THIS MACHINE');
});
