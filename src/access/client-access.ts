import { type AbstractPod, type Container, EnvValue, type ISecret, Secret, Volume } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { clientLabels } from '../kube/labels.js';
import type { SecretKey } from '../kube/pod-set.js';

export interface ClientAccessProps {
  readonly topology: string;
  /** Namespace of the topology, if it is known. */
  readonly namespace?: string;
  readonly masterName: string;
  /** `host:port` of each Sentinel. */
  readonly sentinelAddresses: readonly string[];
  readonly password: SecretKey;
}

export interface BindOptions {
  /**
   * Name of the container, where a workload has several.
   * @default - the first one
   */
  readonly container?: string;
  /**
   * What the names of the environment variables begin with, for an application that uses several topologies.
   * @default REDIS
   */
  readonly prefix?: string;
  /**
   * Whether the password is also given in the environment, as `<prefix>_PASSWORD`, to programs that read no file. The
   * environment is seen by whoever may look into the container, and does not follow a change of the Secret.
   * @default false
   */
  readonly passwordInEnvironment?: boolean;
  /**
   * A Secret with the same key and password in the application's namespace.
   * @default - the topology's Secret, which only pods of its own namespace can mount
   */
  readonly secret?: ISecret;
}

/**
 * Gives an application's containers what they need to find the master and to log in.
 *
 * They are told each Sentinel's own Service and not the one Service of all: a client asks its list one by one, and so
 * gets past a dead Sentinel at once, where one address may lead to the dead one until Kubernetes has noticed.
 */
export class ClientAccess extends Construct {
  private secret?: ISecret;
  private readonly volumes = new Map<ISecret, Volume>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClientAccessProps,
  ) {
    super(scope, id);
  }

  /** A container by itself cannot be labelled: its pod needs the client labels too. */
  bind(target: Container | AbstractPod, options: BindOptions = {}): void {
    if (isPod(target)) {
      if (!options.secret) this.demandSameNamespace(target);
      for (const [key, value] of Object.entries(clientLabels(this.props.topology))) {
        target.podMetadata.addLabel(key, value);
      }
      this.bindContainer(containerOf(target, options.container), options);
    } else {
      this.bindContainer(target, options);
    }
  }

  private bindContainer(container: Container, options: BindOptions): void {
    const { topology, masterName, sentinelAddresses, password } = this.props;
    const { prefix = 'REDIS', secret = this.ownSecret() } = options;
    const directory = `/etc/redis-sentinel/${topology}`;
    const environment = {
      [`${prefix}_SENTINELS`]: sentinelAddresses.join(','),
      [`${prefix}_MASTER_NAME`]: masterName,
      [`${prefix}_PASSWORD_FILE`]: `${directory}/password`,
    };
    for (const [name, value] of Object.entries(environment)) {
      container.env.addVariable(name, EnvValue.fromValue(value));
    }
    if (options.passwordInEnvironment) {
      container.env.addVariable(`${prefix}_PASSWORD`, EnvValue.fromSecretValue({ secret, key: password.key }));
    }
    container.mount(directory, this.volume(secret), { readOnly: true });
  }

  private ownSecret(): ISecret {
    this.secret ??= Secret.fromSecretName(this, 'Secret', this.props.password.name);
    return this.secret;
  }

  /** One volume for each Secret: two containers of one pod must mount the same one. */
  private volume(secret: ISecret): Volume {
    const existing = this.volumes.get(secret);
    if (existing) return existing;
    const volume = Volume.fromSecret(this, `Volume-${secret.node.addr}`, secret, {
      name: `redis-sentinel-${this.props.topology}`,
      items: { [this.props.password.key]: { path: 'password' } },
    });
    this.volumes.set(secret, volume);
    return volume;
  }

  private demandSameNamespace(pod: AbstractPod): void {
    const theirs = pod.metadata.namespace;
    const ours = this.props.namespace;
    if (ours === undefined || theirs === undefined || ours === theirs) return;
    throw new Error(
      `'bind' must be given a 'secret' for a workload in another namespace, since a pod mounts only the Secrets of its own: ` +
        `'${pod.node.path}' is in '${theirs}', the Secret '${this.props.password.name}' in '${ours}'. ` +
        `Copy the Secret and name the copy, and allow the namespace with Network.clients({ namespaces: ['${theirs}'] })`,
    );
  }
}

function isPod(target: Container | AbstractPod): target is AbstractPod {
  return 'podMetadata' in target;
}

function containerOf(pod: AbstractPod, name?: string): Container {
  const container = name === undefined ? pod.containers[0] : pod.containers.find((each) => each.name === name);
  if (container) return container;
  const names = pod.containers.map((each) => `'${each.name}'`).join(', ') || 'none';
  throw new Error(
    `'bind' must be given a workload with ${name === undefined ? 'a container' : `the container '${name}'`}, ` +
      `'${pod.node.path}' has ${names}: add it before the call`,
  );
}
