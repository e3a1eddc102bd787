import { Construct } from 'constructs';
import { AGENT_FILES } from '../agent/files.js';
import { contentHash } from '../kube/hash.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { SentinelConfig, type SentinelConfigProps } from '../sentinel/sentinel-config.js';
import { RedisConfig, type RedisConfigProps } from '../server/redis-config.js';
import { type RightsProps, sentinelUsers, serverUsers } from './rights.js';

export interface TopologyConfigProps extends PartProps {
  /** @default - all log in as the default user */
  readonly rights?: RightsProps;
  readonly redis: RedisConfigProps;
  readonly sentinel: SentinelConfigProps;
}

/**
 * The agent's program, the launcher's scripts, and the configuration from which each pod's own is rendered, in one ConfigMap.
 *
 * Its name carries a hash of its content and it is immutable: a change makes a new one, and so rolls the pods. The pods
 * that run keep theirs, which a tool that prunes must therefore delete only after the roll.
 */
export class TopologyConfig extends Construct {
  /** Name of the immutable ConfigMap, with a hash of its content. */
  readonly configMapName: string;

  constructor(scope: Construct, id: string, props: TopologyConfigProps) {
    super(scope, id);
    const data: Record<string, string> = {
      'redis.conf': new RedisConfig(props.redis).render(),
      'sentinel.conf': new SentinelConfig(props.sentinel).render(),
      ...(props.rights && {
        'users.acl': serverUsers(props.rights),
        'sentinel-users.acl': sentinelUsers(props.rights),
      }),
      ...AGENT_FILES,
    };
    this.configMapName = new Names(props.topology).config(contentHash(data));
    addObject(this, 'Resource', 'ConfigMap', metadata(props, this.configMapName), { immutable: true, data });
  }
}
