import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Tls } from '../../src/index.js';
import { Authority } from '../../src/rehearsal/certificates.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import type { PlainObject } from '../manifests/synth.js';
import { hasOpenssl } from '../support/openssl.js';
import { leadAstray } from './support/astray.js';
import { EXPORTER, PROMETHEUS, RehearsedPrometheus } from './support/prometheus.js';
import { hasHaproxy, RehearsedProxy } from './support/proxy.js';
import { objectsOf, rehearsed, wholeRehearsal } from './support/rehearsed.js';
import { canMount, mountSmall, onVolume } from './support/volume.js';

const WATCHED: RedisSentinelProps = {
  namespace: 'shop',
  profile: Profile.STRICT,
  memory: Size.mebibytes(128),
  metrics: { monitor: { kind: 'PodMonitor', interval: Duration.seconds(30) }, rules: true },
};

/** The alert fires while that is so, and no more once it is over. */
async function firesFor(prometheus: RehearsedPrometheus, rehearsal: Rehearsal, alert: string, end: () => unknown) {
  await prometheus.fire(alert);
  await end();
  const over = async () => !(await prometheus.firing()).includes(alert);
  await rehearsal.until(over, `${alert} does not end`, { everyMs: 200 });
}

describe.runIf(PROMETHEUS)(
  'a real Prometheus fires the alert, and no other before it, where',
  { timeout: 150_000 },
  () => {
    it.skipIf(!hasHaproxy)('the proxies know no master', async () => {
      const props = { ...WATCHED, access: { master: true } };
      const { rehearsal, master } = await wholeRehearsal(props);
      const objects = objectsOf(props);
      const proxy = await RehearsedProxy.of(objects, rehearsal);
      proxy.start();
      const led = async () => (await proxy.states('master'))[master] === 'UP';
      await rehearsal.until(led, 'the proxy does not know the master');
      const prometheus = new RehearsedPrometheus(rehearsal, objects as PlainObject[], proxy);
      await rehearsal.until(async () => (await prometheus.query('up == 1')).length === 4, 'not all are read');
      expect(await prometheus.firing('1m')).toEqual([]);

      // The proxy reaches no agent; the servers go on.
      for (const pod of rehearsal.pods) rehearsal.signalAgent(pod, 'SIGSTOP');
      await firesFor(prometheus, rehearsal, 'ProxyWithoutMaster', () => {
        for (const pod of rehearsal.pods) rehearsal.signalAgent(pod, 'SIGCONT');
      });
    });

    it('the Sentinels disagree, and the agent of the master does not settle it', async () => {
      const { rehearsal, master } = await wholeRehearsal(WATCHED);
      const prometheus = await reading(rehearsal, WATCHED, 3);
      const { sites, view } = rehearsal;
      const [other = '', wrong = ''] = rehearsal.servers.filter((pod) => pod !== master);
      // It would settle that.
      rehearsal.signalAgent(master, 'SIGSTOP');
      await leadAstray(rehearsal, wrong, master, other);
      // As the runbook says.
      await firesFor(prometheus, rehearsal, 'SentinelsDisagree', async () => {
        await view.sentinel(wrong, 'SENTINEL', 'REMOVE', 'mymaster');
        await view.sentinel(
          wrong,
          'SENTINEL',
          'MONITOR',
          'mymaster',
          sites.addressOf(master),
          `${sites.redisPort}`,
          '2',
        );
        await view.sentinel(wrong, 'SHUTDOWN').catch(() => {});
      });
      rehearsal.signalAgent(master, 'SIGCONT');
      await rehearsal.whole();
    });

    it.skipIf(!EXPORTER)('a server can write neither its append-only file nor a snapshot', async () => {
      const props: RedisSentinelProps = {
        ...WATCHED,
        metrics: { ...WATCHED.metrics, exporter: true },
        persistence: Persistence.of({ appendOnly: {}, snapshots: {} }),
      };
      const { rehearsal, master } = await wholeRehearsal(props);
      const prometheus = await reading(rehearsal, props, 6);
      const [pod = ''] = rehearsal.servers.filter((name) => name !== master);
      const folder = onVolume(rehearsal, pod, 'redis/appendonlydir');
      const snapshot = onVolume(rehearsal, pod, 'redis/dump.rdb');

      renameSync(folder, `${folder}.away`);
      writeFileSync(folder, 'a file in the place of the folder');
      await rehearsal.view.redis(pod, 'BGREWRITEAOF').catch(() => {});
      await firesFor(prometheus, rehearsal, 'AppendOnlyFails', async () => {
        rmSync(folder);
        renameSync(`${folder}.away`, folder);
        await rehearsal.view.redis(pod, 'BGREWRITEAOF');
      });

      if (existsSync(snapshot)) rmSync(snapshot);
      mkdirSync(snapshot);
      await rehearsal.view.redis(pod, 'BGSAVE');
      await rehearsal.until(
        async () => /^rdb_last_bgsave_status:err/m.test(String(await rehearsal.view.redis(pod, 'INFO', 'persistence'))),
        `the snapshot of ${pod} fails`,
      );
      // It goes on to follow its master: what is written is in its append-only file.
      await rehearsal.view.redis(master, 'SET', 'written', 'after the snapshot had failed');
      await firesFor(prometheus, rehearsal, 'SnapshotsFail', async () => {
        rmSync(snapshot, { recursive: true });
        await rehearsal.view.redis(pod, 'BGSAVE');
      });
      await rehearsal.whole();
    });

    it.skipIf(!canMount())('a volume fills (needs the right to mount)', async () => {
      const rehearsal = await rehearsed(WATCHED);
      const [pod = ''] = rehearsal.servers;
      mountSmall(onVolume(rehearsal, pod), '64m');
      rehearsal.start();
      await rehearsal.whole();
      const prometheus = await reading(rehearsal, WATCHED, 3);
      const fill = onVolume(rehearsal, pod, 'left-behind');
      writeFileSync(fill, Buffer.alloc(57 << 20));
      await firesFor(prometheus, rehearsal, 'VolumeFilling', () => rmSync(fill));
    });

    it.skipIf(!hasOpenssl())('the certificate ends soon, and where the one in the Secret is not sound', async () => {
      const props = { ...WATCHED, tls: Tls.fromSecret() };
      const { rehearsal } = await wholeRehearsal(props);
      const prometheus = await reading(rehearsal, props, 3);
      const renewed = (...how: Parameters<Rehearsal['renewCertificate']>) => {
        rehearsal.renewCertificate(...how);
        for (const pod of rehearsal.pods) rehearsal.refreshSecret(pod);
      };
      const own = [rehearsal.authority] as const;

      renewed(new Authority('another'), own);
      await firesFor(prometheus, rehearsal, 'CertificateIgnored', () => renewed());

      renewed(...own, own, 13);
      await firesFor(prometheus, rehearsal, 'CertificateEnds', () => renewed());
      await rehearsal.whole();
    });
  },
);

/** Once all that is read has been read, and nothing fires. */
async function reading(rehearsal: Rehearsal, props: RedisSentinelProps, targets: number) {
  const prometheus = new RehearsedPrometheus(rehearsal, objectsOf(props) as PlainObject[]);
  const all = async () => (await prometheus.query('up == 1')).length === targets;
  await rehearsal.until(all, `not ${targets} are read`, { everyMs: 200 });
  expect(await prometheus.firing('1m')).toEqual([]);
  return prometheus;
}
