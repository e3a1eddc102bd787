import { Construct } from 'constructs';
import { KEEPER_SCRIPTS } from '../keeper/scripts.js';
import { contentHash } from '../kube/hash.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { SENTINEL_SCRIPTS } from '../sentinel/scripts.js';
import { SentinelConfig, type SentinelConfigProps } from '../sentinel/sentinel-config.js';
import { RedisConfig, type RedisConfigProps } from '../server/redis-config.js';
import { SERVER_SCRIPTS } from '../server/scripts.js';

export interface TopologyConfigProps extends PartProps {
  readonly redis: RedisConfigProps;
  readonly sentinel: SentinelConfigProps;
}

/**
 * The scripts, and the configuration from which they render each pod's own, in one ConfigMap.
 *
 * Its name carries a hash of its content and it is immutable: a change makes a new one, and so rolls the pods. The pods
 * that run keep theirs, which a tool that prunes must therefore delete only after the roll.
 */
export class TopologyConfig extends Construct {
  readonly configMapName: string;

  constructor(scope: Construct, id: string, props: TopologyConfigProps) {
    super(scope, id);
    const data: Record<string, string> = {
      'redis.conf': new RedisConfig(props.redis).render(),
      'sentinel.conf': new SentinelConfig(props.sentinel).render(),
      ...SERVER_SCRIPTS,
      ...SENTINEL_SCRIPTS,
      ...KEEPER_SCRIPTS,
    };
    this.configMapName = new Names(props.topology).config(contentHash(data));
    addObject(this, 'Resource', 'ConfigMap', metadata(props, this.configMapName), { immutable: true, data });
  }
}
