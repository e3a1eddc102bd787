import { topologyManifest } from '../../src/cli/manifests.js';
import { parseTopology } from '../../src/topology-file/load.js';
import type { PlainObject } from '../manifests/synth.js';

/** A manifest, with what is most often asked for. */
export interface Look {
  readonly all: (kind: string) => PlainObject[];
  /** StatefulSet of the servers. */
  readonly servers: PlainObject;
  readonly pod: PlainObject;
  readonly redis: PlainObject;
  readonly agent: PlainObject;
  /** Wherever it runs. */
  readonly sentinel: PlainObject;
  /** The first claim of the servers. */
  readonly claim: PlainObject;
  /** Of the agent. */
  readonly env: Readonly<Record<string, string>>;
  /** Lines of redis.conf. */
  readonly conf: readonly string[];
  /** Of servers and Sentinels. */
  readonly policy: PlainObject;
  /** In front of the Sentinels. */
  readonly sentinelService: PlainObject;
  /** Secrets that the servers' pods mount, as name/key. */
  readonly secrets: readonly string[];
}

export function lookAt(topology: string): Look {
  const { objects } = topologyManifest(parseTopology('cache.yaml', topology));
  const all = (kind: string) => objects.filter((object) => object.kind === kind) as PlainObject[];
  const [servers, separate] = all('StatefulSet');
  const pod = servers.spec.template.spec;
  const agent = pod.initContainers[0];
  const config = all('ConfigMap').find(({ data }) => 'redis.conf' in data);
  return {
    all,
    servers,
    pod,
    redis: pod.containers[0],
    agent,
    sentinel: separate?.spec.template.spec.containers[0] ?? pod.initContainers[1],
    claim: servers.spec.volumeClaimTemplates?.[0],
    env: Object.fromEntries(agent.env.map(({ name, value }: PlainObject) => [name, value])),
    conf: config.data['redis.conf'].trimEnd().split('\n'),
    policy: all('NetworkPolicy')[0],
    sentinelService: all('Service').find(({ metadata }) => metadata.name.endsWith('-sentinel')),
    secrets: pod.volumes.flatMap(({ secret }: PlainObject) =>
      secret ? [`${secret.secretName}/${secret.items[0].key}`] : [],
    ),
  };
}
