import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { type Fault, LOST_IN_FLIGHT, POD_DELETED, SIGKILL, underLoad } from './support/faults.js';
import { median } from './support/figures.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { START_LIMIT } from './support/start.js';
import { synthesised } from './support/synth.js';
import { Pending, until } from './support/wait.js';

let secure: Deployment;

beforeAll(async () => {
  secure = await Deployment.create(await synthesised('encrypted.yaml'), 'encrypted');
});

afterAll(() => secure?.delete());

const outages = (report: { outages: readonly { ms: number }[] }) => report.outages.map((outage) => outage.ms);

describe('dist/secure.k8s.yaml', () => {
  it('is up and verified, by names and as a user', async () => {
    const secret = { password: 'the-topology', shop: 'an-application', verification: 'the-job' };
    const withUsers = await Deployment.create(RenderedTopology.of('secure'), 'secure', { secret });
    onTestFinished(() => withUsers.delete());
    await investigated([withUsers], async () => {
      await withUsers.apply();
      await withUsers.ready(START_LIMIT);
      await withUsers.verified(START_LIMIT);
    });
  });
});

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
      const limit = 600;
      const { report, lostEach } = await underLoad(secure, SIGKILL, { times: 3, limit });
      expect(report.lostConfirmed).toEqual([]);
      expect(Math.max(...lostEach)).toBeLessThanOrEqual(LOST_IN_FLIGHT);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it('hands over within 0.3 s and loses no write when the pod of its master is deleted, three times', () =>
    investigated([secure], async () => {
      const limit = 300;
      const { report } = await underLoad(secure, POD_DELETED, { times: 3, limit });
      expect(report.lost).toEqual([]);
      expect(median(outages(report))).toBeLessThanOrEqual(limit);
    }));

  it('takes a renewed certificate, and no client notices', () =>
    investigated([secure], async () => {
      const limit = 100;
      const { report } = await underLoad(secure, RENEWED, { limit });
      expect(report.lost).toEqual([]);
      expect(outages(report)[0]).toBeLessThanOrEqual(limit);
    }));
});

const RENEWED: Fault = {
  name: 'certificate renewed',
  inject: async (_, deployment) => {
    await deployment.issueCertificate();
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
