import { App, Chart, Size } from 'cdk8s';
import { Engine, type EngineKind } from '../../src/engine/engine.js';
import { Spread } from '../../src/kube/spread.js';
import { Persistence } from '../../src/topology/persistence.js';
import { Profile } from '../../src/topology/profile.js';
import { RedisSentinel } from '../../src/topology/redis-sentinel.js';
import type { KubeObject, StatefulSet } from '../cluster/support/objects.js';
import { RenderedTopology } from '../cluster/support/rendered-topology.js';
import type { Facts, ProfileName } from './facts.js';
import { securedProps } from './secured.js';

const PROFILES: Record<ProfileName, Profile> = {
  strict: Profile.STRICT,
  default: Profile.DEFAULT,
  cache: Profile.CACHE,
};

/** How a topology differs from the usual one. */
export interface Shape {
  /** @default 3 */
  readonly servers?: number;
  /** @default required */
  readonly spread?: Spread;
  /** The data is on a volume in memory that is soon full, and says so as a full disk does. It outlives the containers. */
  readonly volume?: 'small';
}

/** In MiB: room for the data of a load; and what fills it counts as memory of the Sentinel, which has 128. */
export const SMALL_VOLUME = 24;

/** A topology of each profile and engine, with everything else as users get it by default. */
export function topologyOf(profile: ProfileName, engine: EngineKind, shape: Shape = {}): RenderedTopology {
  const chart = new Chart(new App(), 'faults');
  new RedisSentinel(chart, 'cache', {
    profile: PROFILES[profile],
    servers: shape.servers ?? 3,
    spread: shape.spread ?? Spread.REQUIRED,
    engine: engine === 'redis' ? Engine.redis() : Engine.valkey(),
    // Room for the fault with 1 GB of data: 65 % of this.
    memory: Size.gibibytes(2),
    ...securedProps,
    persistence: profile === 'cache' ? Persistence.none() : Persistence.appendOnly({ size: Size.gibibytes(8) }),
    verification: true,
  });
  const manifest = RenderedTopology.from(chart.toJson() as KubeObject[], `${profile} on ${engine}`);
  return shape.volume === 'small' ? manifest.with(onSmallVolume) : manifest;
}

function onSmallVolume(object: KubeObject): KubeObject {
  if (object.kind !== 'StatefulSet') return object;
  const { spec } = object as StatefulSet;
  const pod = spec.template.spec;
  const data = { name: 'data', emptyDir: { medium: 'Memory', sizeLimit: `${SMALL_VOLUME}Mi` } };
  const template = { ...spec.template, spec: { ...pod, volumes: [...(pod.volumes ?? []), data] } };
  return { ...object, spec: { ...spec, template, volumeClaimTemplates: undefined } } as KubeObject;
}

export function factsOf(manifest: RenderedTopology, profile: ProfileName): Facts {
  const minReplicas = Number(manifest.setting('MIN_REPLICAS'));
  return {
    profile,
    engine: manifest.setting('ENGINE') as EngineKind,
    image: manifest.image,
    downAfter: manifest.downAfter,
    maxLag: minReplicas > 0 ? Number(manifest.setting('MAX_LAG')) * 1000 : 0,
    persistent: manifest.setting('PERSISTENT') === 'yes',
    abandonedAfter: Number(manifest.setting('WHEN_ABANDONED_AFTER')) * 1000,
  };
}
