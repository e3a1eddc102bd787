import { clientLabels } from '../kube/labels.js';
import type { SecretReference } from '../kube/objects.js';
import { type BindableContainer, type BindableWorkload, SecretFileVolume } from './bindable.js';
import { type ClientFacts, type ClientSecret, clientEnvironment, userOf } from './client-facts.js';

/** How an application's container is told of the topology. */
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
   * Which of the topology's users it logs in as, where there are several (`auth.users`).
   * @default - the only one
   */
  readonly user?: string;
  /**
   * Whether the password is also given in the environment, as `<prefix>_PASSWORD`, to programs that read no file. The
   * environment is seen by whoever may look into the container, and does not follow a change of the Secret.
   * @default false
   */
  readonly passwordInEnvironment?: boolean;
  /**
   * A Secret with the same key and password in the application's namespace, by its name; cdk8s-plus' `ISecret` is one.
   * @default - the topology's Secret, which only pods of its own namespace can mount
   */
  readonly secret?: SecretReference;
  /**
   * Likewise a Secret with the authorities of the topology's certificate under the same key, where there is TLS.
   * @default - the topology's Secret
   */
  readonly caSecret?: SecretReference;
}

/**
 * Gives an application's containers what they need to find the master and to log in.
 *
 * They are told each Sentinel's own Service and not the one Service of all: a client asks its list one by one, and so
 * gets past a dead Sentinel at once, where one address may lead to the dead one until Kubernetes has noticed.
 */
export class ClientAccess {
  private readonly volumes = new Map<string, SecretFileVolume>();

  constructor(private readonly facts: ClientFacts) {}

  /** A container by itself cannot be labelled: its pod needs the client labels too. */
  bind(target: BindableContainer | BindableWorkload, options: BindOptions = {}): void {
    if (isWorkload(target)) {
      this.demandSameNamespace(target, options);
      for (const [key, value] of Object.entries(clientLabels(this.facts.topology))) {
        target.podMetadata.addLabel(key, value);
      }
      this.bindContainer(containerOf(target, options.container), options);
    } else {
      this.bindContainer(target, options);
    }
  }

  private bindContainer(container: BindableContainer, options: BindOptions): void {
    const { variables, secrets } = clientEnvironment(this.facts, options.prefix, options.user);
    for (const [name, value] of Object.entries(variables)) container.env.addVariable(name, { value });
    for (const secret of secrets) this.bindSecret(container, options, secret);
  }

  /** As a file, whose name is in the environment. */
  private bindSecret(container: BindableContainer, options: BindOptions, secret: ClientSecret): void {
    const copy = secret.holds === 'ca' ? options.caSecret : options.secret;
    const name = copy?.name ?? secret.name;
    if (options.passwordInEnvironment && secret.holds === 'password') {
      const valueFrom = { secretKeyRef: { name, key: secret.key } };
      container.env.addVariable(secret.variable.replace(/_FILE$/, ''), { valueFrom });
    }
    container.mount(secret.directory, this.volume(name, secret), { readOnly: true });
  }

  /** One volume for each Secret: two containers of one pod must mount the same one. */
  private volume(name: string, { key, volume, file }: ClientSecret): SecretFileVolume {
    const id = `${name}/${volume}`;
    const existing = this.volumes.get(id) ?? new SecretFileVolume(volume, name, key, file);
    this.volumes.set(id, existing);
    return existing;
  }

  private demandSameNamespace(workload: BindableWorkload, options: BindOptions): void {
    const theirs = workload.metadata.namespace;
    const { namespace: ours, password, sentinelPassword, tls } = this.facts;
    if (ours === undefined || theirs === undefined || ours === theirs) return;
    const own = userOf(this.facts, options.user)?.password ?? password ?? sentinelPassword;
    const secret = options.secret ? undefined : own;
    const ca = options.caSecret ? undefined : tls?.ca;
    const missing = secret ?? ca;
    if (!missing) return;
    throw new Error(
      `'bind' must be given a '${secret ? 'secret' : 'caSecret'}' for a workload in another namespace, since a pod mounts only the Secrets of its own: ` +
        `'${workload.node.path}' is in '${theirs}', the Secret '${missing.name}' in '${ours}'. ` +
        `Copy the Secret and name the copy, and allow the namespace with Network.clients({ namespaces: ['${theirs}'] })`,
    );
  }
}

function isWorkload(target: BindableContainer | BindableWorkload): target is BindableWorkload {
  return 'podMetadata' in target;
}

function containerOf(workload: BindableWorkload, name?: string): BindableContainer {
  const { containers } = workload;
  const container = name === undefined ? containers[0] : containers.find((each) => each.name === name);
  if (container) return container;
  const names = containers.map((each) => `'${each.name}'`).join(', ') || 'none';
  throw new Error(
    `'bind' must be given a workload with ${name === undefined ? 'a container' : `the container '${name}'`}, ` +
      `'${workload.node.path}' has ${names}: add it before the call`,
  );
}
