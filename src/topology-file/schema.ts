import * as v from 'valibot';
import { Auth } from '../auth/auth.js';
import { Engine, type EngineKind } from '../engine/engine.js';
import { Spread } from '../kube/spread.js';
import { Network } from '../network/network.js';
import { MAXMEMORY_POLICIES } from '../server/redis-config.js';
import { Environment } from '../topology/environment.js';
import { Persistence } from '../topology/persistence.js';
import { Profile } from '../topology/profile.js';
import type { VerificationOptions } from '../topology/redis-sentinel.js';
import { Sentinels } from '../topology/sentinels.js';
import { Drill } from '../verification/drill.js';
import { VerificationHook } from '../verification/verification-hook.js';
import { alternatives } from './alternatives.js';
import { choice, count, cpu, duration, flag, listOf, size, text, textsByName, words } from './values.js';

/** `redis`, or `{ redis: "8.2.2", image: …, digest: … }`. */
const engine = v.lazy((input): v.GenericSchema<unknown, Engine> => {
  if (typeof input !== 'object' || input === null) {
    return v.pipe(
      choice('redis', 'valkey'),
      v.transform((kind) => (kind === 'redis' ? Engine.redis() : Engine.valkey())),
    );
  }
  return 'valkey' in input ? versionOf('valkey', '9.1.2') : versionOf('redis', '8.2.2');
});

function versionOf(kind: EngineKind, example: string): v.GenericSchema<unknown, Engine> {
  const entries: v.ObjectEntries = {
    [kind]: text(`"${example}"`),
    image: v.optional(text('registry.example.com/redis')),
    digest: v.optional(text('sha256:…')),
  };
  return v.pipe(
    words(entries, `engine: { ${kind}: "${example}" }`),
    v.transform((given) => {
      const { [kind]: version, image, digest } = given as Record<string, string | undefined>;
      return Engine.of({ kind, version: version ?? '', image, digest });
    }),
  );
}

const sentinels = v.pipe(
  alternatives(['with-servers'], {
    separate: words(
      {
        count: count(3),
        size: v.optional(size('100Mi')),
        storageClass: v.optional(text('fast')),
      },
      'separate: { count: 3 }',
    ),
  }),
  v.transform((chosen) => (chosen === 'with-servers' ? Sentinels.withServers() : Sentinels.separate(chosen.separate))),
);

const auth = v.pipe(
  alternatives([], {
    secret: words(
      { name: v.optional(text('cache-auth')), key: v.optional(text('password')) },
      'secret: { name: cache-auth }',
    ),
    externalSecret: words(
      {
        store: words(
          { name: text('vault'), kind: v.optional(choice('SecretStore', 'ClusterSecretStore')) },
          'store: { name: vault }',
        ),
        remoteKey: text('redis/cache'),
        property: v.optional(text('password')),
        refreshInterval: v.optional(duration('1h')),
      },
      'externalSecret: { store: { name: vault }, remoteKey: redis/cache }',
    ),
    generated: words({ length: v.optional(count(43)), image: v.optional(text('node:22-slim')) }, 'generated: {}'),
    literal: text('a password, only for development'),
  }),
  v.transform(({ secret, externalSecret, generated, literal }) => {
    if (secret) return Auth.fromSecret(secret.name, { key: secret.key });
    if (externalSecret) return Auth.externalSecret(externalSecret);
    if (generated) return Auth.generated(generated);
    return Auth.literal(literal ?? '');
  }),
);

const persistence = v.pipe(
  alternatives(['none'], {
    appendOnly: words(
      {
        fsync: v.optional(choice('everysec', 'always')),
        size: v.optional(size('8Gi')),
        storageClass: v.optional(text('fast')),
      },
      'appendOnly: { size: 8Gi }',
    ),
  }),
  v.transform((chosen) => (chosen === 'none' ? Persistence.none() : Persistence.appendOnly(chosen.appendOnly))),
);

const network = v.pipe(
  alternatives(['open', 'none'], {
    clients: words({ namespaces: v.optional(listOf(text('shop'), '[shop]')) }, 'clients: { namespaces: [shop] }'),
  }),
  v.transform((chosen) => {
    if (chosen === 'open') return Network.open();
    return chosen === 'none' ? Network.none() : Network.clients(chosen.clients);
  }),
);

const sidecarResources = v.optional(
  words({ cpu: v.optional(cpu()), memory: v.optional(size('64Mi')) }, '{ cpu: 100m, memory: 64Mi }'),
);

const hook = v.pipe(
  choice('argo', 'flux'),
  v.transform((name) => (name === 'argo' ? VerificationHook.argoPostSync() : VerificationHook.fluxForce())),
);

const drillWords = (example: string) =>
  words({ limit: v.optional(duration('1m')), writers: v.optional(count(4)) }, example);

const drill = v.pipe(
  alternatives(['switchover', 'observe'], {
    switchover: drillWords('switchover: { limit: 1m }'),
    observe: drillWords('observe: { limit: 5m }'),
  }),
  v.transform((chosen) => {
    if (chosen === 'switchover') return Drill.switchover();
    if (chosen === 'observe') return Drill.observe();
    return chosen.switchover ? Drill.switchover(chosen.switchover) : Drill.observe(chosen.observe);
  }),
);

/** `true`, or the Job's options; undefined without one. */
const verification = v.lazy((input): v.GenericSchema<unknown, VerificationOptions | undefined> => {
  if (typeof input !== 'object' || input === null) {
    return v.pipe(
      flag(),
      v.transform((wanted) => (wanted ? {} : undefined)),
    );
  }
  return words(
    {
      drill: v.optional(drill),
      hook: v.optional(hook),
      image: v.optional(text('docker.io/library/node:22-slim')),
      readyTimeout: v.optional(duration('5m')),
      ttl: v.optional(duration('1h')),
    },
    'verification: { hook: argo }',
  );
});

/** What a topology file may say: the props of RedisSentinel, in the same words, and whether to verify it. */
export const topologySchema = words(
  {
    name: v.optional(text('cache')),
    namespace: v.optional(text('caches')),
    masterName: v.optional(text('mymaster')),
    engine: v.optional(engine),
    servers: v.optional(count(3)),
    sentinels: v.optional(sentinels),
    quorum: v.optional(count(2)),
    memory: v.optional(size('1Gi')),
    profile: v.optional(
      v.pipe(
        choice('default', 'strict', 'cache'),
        v.transform((name) => ({ default: Profile.DEFAULT, strict: Profile.STRICT, cache: Profile.CACHE })[name]),
      ),
    ),
    auth: v.optional(auth),
    environment: v.optional(
      v.pipe(
        choice('production', 'development'),
        v.transform((name) => ({ production: Environment.PRODUCTION, development: Environment.DEVELOPMENT })[name]),
      ),
    ),
    persistence: v.optional(persistence),
    writeSafety: v.optional(
      words(
        { minReplicasToWrite: v.optional(count(1)), maxLag: v.optional(duration('2s')) },
        'writeSafety: { minReplicasToWrite: 1, maxLag: 2s }',
      ),
    ),
    failover: v.optional(
      words(
        {
          downAfter: v.optional(duration('3s')),
          failoverTimeout: v.optional(duration('10s')),
          tiltPeriod: v.optional(duration('5s')),
          parallelSyncs: v.optional(count(1)),
          pollPeriods: v.optional(
            words(
              {
                info: v.optional(duration('1s')),
                ask: v.optional(duration('500ms')),
                ping: v.optional(duration('500ms')),
              },
              'pollPeriods: { info: 1s }',
            ),
          ),
        },
        'failover: { downAfter: 3s }',
      ),
    ),
    spread: v.optional(
      v.pipe(
        choice('required', 'preferred'),
        v.transform((name) => ({ required: Spread.REQUIRED, preferred: Spread.PREFERRED })[name]),
      ),
    ),
    maxmemoryPolicy: v.optional(choice(...MAXMEMORY_POLICIES)),
    resources: v.optional(
      words(
        {
          redis: v.optional(words({ cpu: v.optional(cpu()) }, 'redis: { cpu: 1 }')),
          sentinel: sidecarResources,
          keeper: sidecarResources,
        },
        'resources: { redis: { cpu: 1 } }',
      ),
    ),
    network: v.optional(network),
    clusterDomain: v.optional(text('cluster.local')),
    labels: v.optional(textsByName('{ team: shop }')),
    annotations: v.optional(textsByName('{ contact: shop@example.com }')),
    verification: v.optional(verification),
  },
  'memory: 1Gi',
);
