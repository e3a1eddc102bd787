import { App, Chart, Size } from 'cdk8s';
import { Engine, type EngineKind } from '../../src/engine/engine.js';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import { RedisSentinel } from '../../src/topology/redis-sentinel.js';
import { Manifest } from '../cluster/support/manifest.js';
import type { KubeObject } from '../cluster/support/objects.js';
import type { Facts, ProfileName } from './facts.js';

const PROFILES: Record<ProfileName, Profile> = {
  strict: Profile.STRICT,
  default: Profile.DEFAULT,
  cache: Profile.CACHE,
};

/** A topology of each profile and engine, with everything else as users get it by default. */
export function topologyOf(profile: ProfileName, engine: EngineKind): Manifest {
  const chart = new Chart(new App(), 'faults');
  new RedisSentinel(chart, 'cache', {
    profile: PROFILES[profile],
    engine: engine === 'redis' ? Engine.redis() : Engine.valkey(),
    // Room for the fault with 1 GB of data: 65 % of this.
    memory: Size.gibibytes(2),
    persistence: profile === 'cache' ? Persistence.none() : Persistence.appendOnly({ size: Size.gibibytes(8) }),
  }).addVerification();
  return Manifest.from(chart.toJson() as KubeObject[], `${profile} on ${engine}`);
}

export function factsOf(manifest: Manifest, profile: ProfileName): Facts {
  const promotes = manifest.setting('WHEN_ABANDONED') === 'promote';
  const minReplicas = Number(manifest.setting('MIN_REPLICAS'));
  return {
    profile,
    engine: manifest.setting('ENGINE') as EngineKind,
    image: manifest.image,
    downAfter: manifest.downAfter,
    maxLag: minReplicas > 0 ? Number(manifest.setting('MAX_LAG')) * 1000 : 0,
    persistent: manifest.setting('PERSISTENT') === 'yes',
    abandonedAfter: promotes ? Number(manifest.setting('WHEN_ABANDONED_AFTER')) * 1000 : undefined,
  };
}
