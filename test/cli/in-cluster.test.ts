import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type KubeObject, topologyManifest } from '../../src/cli/manifests.js';
import { anotherRun, verificationOf } from '../../src/cli/verify/job.js';
import { MAIN } from './command.js';
import { observed } from './support/observed.js';
import { type Answers, StandIn } from './support/stand-in.js';

const GET_PODS = 'get pods,statefulsets';
const FILES = { 'cache.yaml': 'memory: 1Gi\nnamespace: caches\n' };

const json = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each));

/** A cluster with that topology, whose agents answer by `exec`. */
function cluster(observation = observed()): Answers {
  const labels = { 'app.kubernetes.io/component': 'server' };
  const items = [
    ...observation.sets.map(({ name, replicas }) => ({
      kind: 'StatefulSet',
      metadata: { name, labels },
      spec: { replicas },
    })),
    ...observation.pods.map(({ name, node }) => ({
      kind: 'Pod',
      metadata: { name, labels },
      spec: { nodeName: node },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    })),
    {
      kind: 'Pod',
      metadata: { name: 'cache-verify-1-x', labels: { 'app.kubernetes.io/component': 'verification' } },
      spec: {},
    },
  ];
  const answers = observation.pods.map(({ name, agent, silence }) => [
    `exec ${name} `,
    agent ? { out: json(agent) } : { err: `Error from server: ${silence}\n`, code: 1 },
  ]);
  return { [GET_PODS]: { out: json({ items }) }, ...Object.fromEntries(answers) };
}

describe('status', () => {
  test('asks the agent of every pod of the topology, and says what is the matter', async () => {
    const standIn = new StandIn(cluster());
    const { status, stdout, stderr } = await standIn.run('status', 'cache', '-n', 'caches', '--context', 'there');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^cache: sound; cache-0 is master\n/);
    // A pipe gets no colours.
    expect(stdout).not.toContain('\x1b');
    const place = ['--context', 'there', '--namespace', 'caches'];
    expect(standIn.calls.map(({ words }) => words.slice(0, 4))).toEqual(Array(4).fill(place));
    const [list, ...execs] = standIn.calls.map(({ words }) => words.slice(4).join(' '));
    expect(list).toBe(
      'get pods,statefulsets -l app.kubernetes.io/name=redis-sentinel,app.kubernetes.io/instance=cache -o json',
    );
    expect(execs.sort()).toEqual(
      [0, 1, 2].map(
        (i) =>
          `exec cache-${i} -c agent -- node --max-semi-space-size=1 --v8-pool-size=1 /etc/redis-sentinel/config/agent.cjs status`,
      ),
    );
  });

  test('takes name and namespace from a file, and the current namespace where there is none', async () => {
    const standIn = new StandIn(cluster(), { ...FILES, 'other.yaml': 'name: cache\n' });
    expect((await standIn.run('status', 'cache.yaml')).status).toBe(0);
    expect(standIn.calls[0]?.words.slice(0, 2)).toEqual(['--namespace', 'caches']);
    const before = standIn.calls.length;
    expect((await standIn.run('status', 'other.yaml')).status).toBe(0);
    expect(standIn.calls[before]?.words[0]).toBe('get');
  });

  test.each<[string, Parameters<typeof observed>[0], number]>([
    ['sound', {}, 0],
    ['unsound', { servers: { 1: { linkUp: false } } }, 1],
    ['not to be told', { agents: { 1: null } }, 2],
  ])('of a topology that is %s', async (_, deviation, expected) => {
    const { status, stdout } = await new StandIn(cluster(observed(deviation))).run('status', 'cache', '--json');
    expect(status).toBe(expected);
    expect(JSON.parse(stdout).verdict).toBe(['sound', 'unsound', 'unknown'][expected]);
  });

  test('says why it cannot tell', async () => {
    const nothing = new StandIn({ [GET_PODS]: { out: '{"items":[]}' } });
    expect(await nothing.run('status', 'cache')).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: there is no topology 'cache' in this namespace of the cluster; name another with --namespace\n",
    });
    const refused = new StandIn({
      [GET_PODS]: { err: 'E1126 19:56:52.1 memcache.go:265] x\nThe connection was refused\n', code: 1 },
    });
    const { status, stdout } = await refused.run('status', 'cache', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error.message).toBe('kubectl get pods,statefulsets: The connection was refused');
  });

  test('does not wait longer than some seconds for an agent that never answers', async () => {
    const standIn = new StandIn({ ...cluster(), 'exec cache-1 ': { hang: true } });
    const begin = performance.now();
    const { status, stdout } = await standIn.run('status', 'cache');
    expect(status).toBe(2);
    expect(stdout).toContain('the agent of cache-1 does not tell: no answer in 4 s');
    // 4 s for the agent; the rest is for a busy machine.
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test('watching, tells only what changes, until Ctrl-C', async () => {
    const standIn = new StandIn(cluster());
    const { child, ended, printed } = standIn.start('status', 'cache', '--watch');
    await until(() => standIn.calls.filter(({ words }) => words[0] === 'get').length > 2);
    standIn.answers = cluster(observed({ servers: { 1: { linkUp: false } } }));
    await until(() => printed().includes('unsound'));
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    expect(status).toBe(130);
    expect(stdout.match(/cache: sound/g)).toHaveLength(1);
  });

  test('refuses a namespace that is not the one of the file', async () => {
    const standIn = new StandIn({}, FILES);
    const { status, stderr } = await standIn.run('status', 'cache.yaml', '-n', 'elsewhere');
    expect({ status, stderr: stderr.split('\n')[0] }).toEqual({
      status: 64,
      stderr: "--namespace is 'elsewhere', but cache.yaml says 'caches'; leave it out",
    });
    expect(standIn.calls).toEqual([]);
  });
});

/** `script` of util-linux gives a program a terminal. */
const canHaveTerminal = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false;

describe.skipIf(!canHaveTerminal)('on a terminal', () => {
  const shown = (environment: Record<string, string>) => {
    const standIn = new StandIn(cluster());
    const command = `${process.execPath} ${MAIN} status cache`;
    const { status, stdout } = spawnSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...process.env, ...standIn.environment, TERM: 'xterm', ...environment },
      encoding: 'utf8',
    });
    return { status, text: stdout.replaceAll('\r', '') };
  };

  test('the verdict has a colour, and with NO_COLOR none', () => {
    const { status, text } = shown({ NO_COLOR: '' });
    expect(status).toBe(0);
    expect(text).toContain('\x1b[32msound\x1b[0m');
    expect(shown({ NO_COLOR: '1' }).text).toMatch(/^cache: sound; cache-0 is master\n/);
    expect(shown({ NO_COLOR: '', TERM: 'dumb' }).text).not.toContain('\x1b');
  });
});

test('where there is no kubectl, it says so', async () => {
  const { run } = await import('./command.js');
  const { status, stderr } = run(['status', 'cache'], { env: { KUBECTL: 'no-such-program' } });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: "error: there is no program 'no-such-program'; install kubectl, or name it in KUBECTL\n",
  });
});

const REPORT = {
  report: 'redis-sentinel-verification',
  version: 1,
  topology: 'cache',
  verdict: 'unsound',
  exitCode: 1,
  milliseconds: 1500,
  checks: [{}, {}],
};
const LOG = `ok    ping   all answer\nFAIL  quorum found 1\n${JSON.stringify(REPORT)}\n`;
const run = (phase: string, more: object = {}) => ({
  out: JSON.stringify({
    items: [
      { kind: 'Job', metadata: {}, spec: {} },
      { kind: 'Pod', metadata: {}, spec: {}, status: { phase, ...more } },
    ],
  }),
});
const VERIFY: Answers = {
  'get networkpolicy/': { out: '' },
  'create -f -': { out: 'created' },
  'get jobs,pods': [run('Pending'), run('Running')],
  'logs --follow job/': { out: LOG },
  'delete ': {},
};

describe('verify', () => {
  const kinds = (text = '') => (JSON.parse(text).items as KubeObject[]).map(({ kind }) => kind);

  test('creates the Job of the file with what it needs, tells its log, deletes it, and ends as it ended', async () => {
    const standIn = new StandIn(VERIFY, FILES);
    const { status, stdout, stderr } = await standIn.run('verify', 'cache.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^created job\/cache-verify-[0-9a-f]{8}$/),
      'wait  pod            its image is pulled',
      'ok    ping   all answer',
      'FAIL  quorum found 1',
      'cache: unsound, 2 checks in 1.5 s',
      '',
    ]);
    const created = standIn.calls.find(({ stdin }) => stdin)?.stdin;
    expect(kinds(created).sort()).toEqual(['ConfigMap', 'Job', 'NetworkPolicy']);
    const deleted = standIn.calls.at(-1)?.words.join(' ');
    expect(deleted).toMatch(
      /^--namespace caches delete job\/cache-verify-[0-9a-f]{8} networkpolicy\/cache-verify configmap\/cache-verify-[0-9a-f]{8} --ignore-not-found --wait=false$/,
    );
  });

  test('what is there already is neither created nor deleted', async () => {
    const { needs } = verificationOf({ name: 'cache' });
    const there = needs.map(({ kind, metadata }) =>
      kind === 'ConfigMap' ? `configmap/${metadata.name}` : `networkpolicy.networking.k8s.io/${metadata.name}`,
    );
    const standIn = new StandIn({ ...VERIFY, 'get networkpolicy/': { out: `${there.join('\n')}\n` } }, FILES);
    await standIn.run('verify', 'cache.yaml');
    expect(kinds(standIn.calls.find(({ stdin }) => stdin)?.stdin)).toEqual(['Job']);
    expect(standIn.calls.at(-1)?.words.filter((word) => word.includes('/'))).toEqual([expect.stringMatching(/^job\//)]);
  });

  test('as JSON, the report alone; and with --keep the Job stays', async () => {
    const standIn = new StandIn(VERIFY, FILES);
    const { status, stdout } = await standIn.run('verify', 'cache.yaml', '--json', '--keep');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual(REPORT);
    expect(standIn.calls.some(({ words }) => words.includes('delete'))).toBe(false);
  });

  test('by name, runs the newest Job of the cluster once more', async () => {
    const jobs = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'].map((creationTimestamp) => {
      const job = structuredClone(verificationOf({ name: 'cache' }).job) as KubeObject & Record<string, never>;
      return { ...job, metadata: { ...job.metadata, creationTimestamp, uid: 'x' }, status: { failed: 1 } };
    });
    const standIn = new StandIn({ ...VERIFY, 'get jobs -l': { out: JSON.stringify({ items: jobs }) } });
    expect((await standIn.run('verify', 'cache')).status).toBe(1);
    const [job] = JSON.parse(standIn.calls.find(({ stdin }) => stdin)?.stdin ?? '').items;
    expect(Object.keys(job).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(job.spec.template.spec).toEqual((jobs[1] as unknown as JobObject).spec.template.spec);
  });

  test('says so where there is no Job to run again', async () => {
    const { status, stderr } = await new StandIn({ 'get jobs -l': { out: '{"items":[]}' } }).run('verify', 'cache');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: there is no verification Job of 'cache' .* name the topology's file instead/);
  });

  test('a Job that ends without a report could not tell', async () => {
    const failed = {
      conditions: [{ type: 'Failed', status: 'True', message: 'Job was active longer than specified deadline' }],
    };
    const ended = { out: JSON.stringify({ items: [{ kind: 'Job', metadata: {}, spec: {}, status: failed }] }) };
    const standIn = new StandIn({ ...VERIFY, 'get jobs,pods': ended, 'logs --follow job/': { code: 1 } }, FILES);
    const { status, stdout } = await standIn.run('verify', 'cache.yaml');
    expect(status).toBe(2);
    expect(stdout).toMatch(/cache: could not tell: Job was active longer than specified deadline\n$/);
  });

  test('a log that breaks off is read again, and no line is told twice', async () => {
    const [first = ''] = LOG.split('\n');
    const standIn = new StandIn(
      { ...VERIFY, 'logs --follow job/': [{ out: `${first}\n`, code: 1 }, { out: LOG }] },
      FILES,
    );
    const { stdout } = await standIn.run('verify', 'cache.yaml');
    expect(stdout.split('\n').filter((line) => line === first)).toHaveLength(1);
    expect(stdout).toContain('unsound, 2 checks');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s deletes the Job, and leaves no process', async (signal) => {
    const standIn = new StandIn({ ...VERIFY, 'logs --follow job/': { out: 'ok    ping\n', hang: true } }, FILES);
    const { child, ended, printed } = standIn.start('verify', 'cache.yaml');
    await until(() => printed().includes('ping'));
    child.kill(signal);
    const { status } = await ended;
    expect(status).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(standIn.calls.at(-1)?.words).toContain('delete');
  });

  test('a Job that cannot be created is told as kubectl tells it', async () => {
    const standIn = new StandIn({ ...VERIFY, 'create -f -': { err: 'forbidden\n', code: 1 } }, FILES);
    expect(await standIn.run('verify', 'cache.yaml')).toMatchObject({
      status: 2,
      stderr: 'error: kubectl create -f: forbidden\n',
    });
  });
});

test('the Job of verify is that of synth, by another name and without what belongs to another', () => {
  const props = { name: 'cache', verification: true };
  const { objects } = topologyManifest({ name: 'cache', file: '', props });
  const emitted = objects.find(({ kind }) => kind === 'Job') as JobObject;
  const ofController = { 'controller-uid': '1', 'batch.kubernetes.io/job-name': 'x' };
  const inCluster = structuredClone(emitted);
  inCluster.spec.selector = { matchLabels: ofController };
  Object.assign(inCluster.spec.template.metadata.labels, ofController);
  const job = anotherRun(inCluster, 'cache', '0123abcd') as JobObject;
  expect(job.metadata.name).toBe('cache-verify-0123abcd');
  expect(job.metadata).not.toHaveProperty('annotations');
  expect(job.spec.selector).toBeUndefined();
  expect(job.spec.template.spec).toEqual(emitted.spec.template.spec);
  const { 'redis-sentinel.cdk8s.io/run': by, ...labels } = job.spec.template.metadata.labels;
  expect(by).toBe('cache-verify-0123abcd');
  expect(labels).toEqual(emitted.spec.template.metadata.labels);
});

interface JobObject extends KubeObject {
  readonly spec: {
    selector?: object;
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: object };
  };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not in 30 s: ${condition}`);
    await sleep(20);
  }
}
