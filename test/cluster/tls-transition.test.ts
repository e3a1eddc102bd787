import { afterAll, beforeAll, expect, it } from 'vitest';
import { Persistence, Profile, Tls, type TlsTransition } from '../../src/index.js';
import { objectsOf } from '../engines/support/rehearsed.js';
import { check } from './load/checker.js';
import { ClientPod } from './support/client-pod.js';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { hasTime } from './support/environment.js';
import { Load } from './support/load.js';
import type { KubeObject } from './support/objects.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { START_LIMIT } from './support/start.js';
import { Pending, until } from './support/wait.js';

type Stage = 'none' | TlsTransition | 'only';

/** Three pods, each with its hand-over, and ready for 15 s before the next one; s. */
const ROLLED_WITHIN = 300;

function manifestIn(stage: Stage): RenderedTopology {
  const transition = stage === 'accept' || stage === 'prefer' ? stage : undefined;
  const tls = stage === 'none' ? undefined : Tls.fromSecret(undefined, { transition });
  const objects = objectsOf({
    profile: Profile.STRICT,
    persistence: Persistence.appendOnly(),
    tls,
    verification: true,
  });
  return RenderedTopology.from(objects as unknown as KubeObject[], `cache in the stage ${stage}`);
}

let deployment: Deployment;

beforeAll(async () => {
  // With it the Secret of the certificate is made, which the first step needs.
  deployment = await Deployment.create(manifestIn('only'), 'tls-transition');
});

afterAll(() => deployment?.delete());

// Three rolling updates take five minutes. Their steps are rehearsed each time, there and back, in
// test/engines/tls-transition.test.ts.
it.skipIf(!hasTime)(
  'TLS is turned on in three updates under load, with clients of both kinds, and no write is lost (CLUSTER_LONG)',
  () =>
    investigated([deployment], async () => {
      const { kubectl, client: secure } = deployment;
      const plain = new ClientPod(kubectl, { ...secure.props, name: 'plain', tls: undefined });
      const enter = async (stage: Stage) => {
        await deployment.become(manifestIn(stage));
        await kubectl.run(['rollout', 'status', 'statefulset/cache', `--timeout=${ROLLED_WITHIN}s`], {
          timeout: ROLLED_WITHIN * 1000,
        });
        await deployment.ready(START_LIMIT);
        await deployment.verify();
      };
      /** What that client wrote while it was wanted: all of it must be there. */
      const judged = async (load: Load) => expect(check(await load.stop(), []).lost).toEqual([]);

      await deployment.become(manifestIn('none'));
      await deployment.ready(START_LIMIT);
      await deployment.verified(START_LIMIT);
      await plain.start();
      await secure.start();
      const before = await Load.start(plain, 'before');
      await enter('accept');
      await enter('prefer');
      await tellsNames(deployment);
      const encrypted = await Load.start(secure, 'encrypted');
      await judged(before);
      await enter('only');
      await judged(encrypted);
    }),
);

/** Until clients that verify names can follow every Sentinel. */
async function tellsNames({ kubectl, client, manifest }: Deployment): Promise<void> {
  const named = `.${kubectl.namespace}.svc.cluster.local`;
  await until('all Sentinels tell names', 180, async () => {
    const { sentinels } = await client.observe();
    const others = sentinels.filter(({ master = '' }) => !master.includes(named));
    if (sentinels.length === manifest.serverNames.length && others.length === 0) return true;
    return new Pending(others.map(({ host, master, error }) => `${host}: ${master ?? error}`).join(', '));
  });
}
