import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encode } from '../../src/client/connection.js';
import { clientLabels } from '../../src/kube/labels.js';
import { EXPORTER_PORT } from '../../src/kube/ports.js';
import { exporterTarget } from '../../src/metrics/exporter-container.js';
import { REFUSED_BY_SENTINELS, REFUSED_BY_SERVERS } from '../engines/support/users-refused.js';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { within } from './support/environment.js';
import { type Fault, LOST_IN_FLIGHT, POD_DELETED, SIGKILL, underLoad } from './support/faults.js';
import { median } from './support/figures.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { START_LIMIT } from './support/start.js';
import { synthesised } from './support/synth.js';
import { Pending, until } from './support/wait.js';

const INTRUDER = readFileSync(join(import.meta.dirname, 'support/intruder.cjs'), 'utf8');
const APPLICATION = 'an-application';
let secure: Deployment;

beforeAll(async () => {
  secure = await Deployment.create(await synthesised('encrypted.yaml'), 'encrypted');
});

afterAll(() => secure?.delete());

const outages = (report: { outages: readonly { ms: number }[] }) => report.outages.map((outage) => outage.ms);

describe('dist/secure.k8s.yaml', () => {
  it('is up and verified, by names and as a user', async () => {
    const secret = { password: 'the-topology', shop: APPLICATION, verification: 'the-job' };
    const withUsers = await Deployment.create(RenderedTopology.of('secure'), 'secure', { secret });
    onTestFinished(() => withUsers.delete());
    await investigated([withUsers], async () => {
      await withUsers.apply();
      await withUsers.ready(START_LIMIT);
      await withUsers.verified(START_LIMIT);
      await tellsOf(withUsers);
      await refusesWhoMayNot(withUsers);
    });
  });
});

/** What the exporters tell, through the API server: they ask over TLS, as a user of their own. */
async function tellsOf({ kubectl, manifest }: Deployment): Promise<void> {
  for (const pod of manifest.serverNames) {
    const read = (page: string) =>
      kubectl.run([
        'get',
        '--raw',
        `/api/v1/namespaces/${kubectl.namespace}/pods/${pod}:${EXPORTER_PORT}/proxy${page}`,
      ]);
    const told = await read('/metrics');
    for (const line of [/^redis_up 1$/m, /^redis_memory_used_bytes /m, /^redis_slowlog_length /m])
      expect(told).toMatch(line);
    expect(await read(`/scrape?target=${exporterTarget('sentinel', true)}`)).toMatch(/^redis_sentinel_masters 1$/m);
  }
}

/** From a pod of the same namespace: without TLS, without trust, without a password, as an application, and without the label. */
async function refusesWhoMayNot(topology: Deployment): Promise<void> {
  const { kubectl, client, manifest } = topology;
  const server = manifest.serverNames[0] as string;
  const { podIP } = (await topology.pod(server)).status;
  await client.start();
  const attempt = (port: number, trust: string, lines: readonly string[] = [], host = server) => {
    const args = [host, String(port), trust, lines.map((line) => encode(line.split(' '))).join('')];
    return kubectl.exec(client.name, 'load', ['node', '-', ...args], { stdin: INTRUDER });
  };
  const trusted = '/tls/ca.crt';
  expect(await attempt(6379, 'plain', ['PING']), 'without TLS').not.toContain('PONG');
  expect(await attempt(6379, 'none', ['PING']), 'with another CA').toMatch(/^error .*(CERT|SIGN)/);
  expect(await attempt(6379, trusted, ['PING', 'GET shop:a', 'CONFIG GET *']), 'without a password').toBe(
    `open\n${'-NOAUTH Authentication required.\r\n'.repeat(3)}`,
  );
  for (const [port, all] of [
    [6379, REFUSED_BY_SERVERS],
    [26379, REFUSED_BY_SENTINELS],
  ] as const) {
    const { commands } = all.find(({ who }) => who === 'shop') as { commands: readonly string[] };
    const [state, login, ...answers] = (await attempt(port, trusted, [`AUTH shop ${APPLICATION}`, ...commands]))
      .trimEnd()
      .split(/\r?\n/);
    expect([state, login], `${port}`).toEqual(['open', '+OK']);
    expect(answers).toHaveLength(commands.length);
    for (const [index, answer] of answers.entries()) {
      // What a script is not let do is an error of the script; some are closed to everybody.
      expect(answer, commands[index]).toMatch(
        /^-(NOPERM|ERR .*(?:NOPERM|ACL|permissions)|ERR (?:DEBUG|MODULE) command not allowed)/,
      );
    }
  }
  expect(await attempt(8379, 'plain', [], podIP), "the agent's port").toBe('silent\n');
  await kubectl.run(['label', 'pod', client.name, ...Object.keys(clientLabels(manifest.name)).map((key) => `${key}-`)]);
  for (const port of [6379, 26379, 8379]) {
    await until(`port ${port} closed to a pod without the label`, 10, async () => {
      const came = await attempt(port, 'plain', [], podIP);
      return came === 'silent\n' ? true : new Pending(came);
    });
  }
}

describe('a topology with TLS', { sequential: true }, () => {
  it('is up and verified, by names', () =>
    investigated([secure], async () => {
      await secure.apply();
      await secure.ready(START_LIMIT);
      await secure.verified(START_LIMIT);
      await secure.client.start();
      await secure.whole(30);
    }));

  it('loses no confirmed write, no other but those in flight, and is back within 0.6 s when its master is killed, three times', () =>
    investigated([secure], async () => {
      const limit = within(600);
      const { report, lostEach } = await underLoad(secure, SIGKILL, { times: 3, limit });
      expect(report.lostConfirmed).toEqual([]);
      expect(Math.max(...lostEach)).toBeLessThanOrEqual(LOST_IN_FLIGHT);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it('hands over within 0.3 s and loses no write when the pod of its master is deleted, three times', () =>
    investigated([secure], async () => {
      const limit = within(300);
      const { report } = await underLoad(secure, POD_DELETED, { times: 3, limit });
      expect(report.lost).toEqual([]);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it('takes a renewed certificate, and no client notices', () =>
    investigated([secure], async () => {
      const limit = within(100);
      const { report } = await underLoad(secure, RENEWED, { limit });
      expect(report.lost).toEqual([]);
      expect(outages(report)[0]).toBeLessThanOrEqual(limit);
    }));
});

const RENEWED: Fault = {
  name: 'certificate renewed',
  inject: async (_, deployment) => {
    await deployment.issueCertificate();
    await deployment.hurryKubelets();
    await until('the new certificate in use', 300, async () => {
      const missing: string[] = [];
      for (const pod of deployment.manifest.serverNames) {
        const log = await deployment.kubectl.run(['logs', pod, '-c', 'agent', '--tail=-1']);
        const [, id = 'none'] = /certificate-renewed id=(\w+)/.exec(log) ?? [];
        if (!log.includes(`certificate-in-use id=${id}`)) missing.push(pod);
      }
      return missing.length === 0 ? true : new Pending(`missing in ${missing.join(' ')}`);
    });
  },
};
