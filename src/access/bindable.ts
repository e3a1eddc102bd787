/**
 * As much of a container and of a workload of cdk8s-plus as `bind()` needs, by their form: those of cdk8s-plus-27 and of
 * every later one fit, and none of them has to be installed.
 */
export interface BindableContainer {
  /** By which `BindOptions.container` finds it. */
  readonly name: string;
  /** Its environment: where the addresses go. */
  readonly env: BindableEnvironment;
  /** Mounts a volume: the file with the password. */
  mount(path: string, storage: MountedVolume, options?: MountChoices): void;
}

/** A container's environment. */
export interface BindableEnvironment {
  /** Adds a variable, or sets one that is there anew. */
  addVariable(name: string, value: VariableValue): void;
}

/** How a volume is mounted. */
export interface MountChoices {
  /** Whether nothing can be written there. @default false */
  readonly readOnly?: boolean;
}

/** A Pod, Deployment, StatefulSet, DaemonSet, Job or CronJob. */
export interface BindableWorkload {
  /** Its place in the tree of constructs, for messages. */
  readonly node: ConstructPlace;
  /** Of the workload: by it is seen whether its pods can mount the topology's Secret. */
  readonly metadata: ObjectPlace;
  /** Of its pods, which get the client label. */
  readonly podMetadata: BindableMetadata;
  /** All of them; the first is bound unless another is named. */
  readonly containers: readonly BindableContainer[];
}

/** Where a construct is. */
export interface ConstructPlace {
  /** Ids from the root on, with `/` between them. */
  readonly path: string;
}

/** Where an object is. */
export interface ObjectPlace {
  /** Its namespace. @default - the one that the manifests are applied to */
  readonly namespace?: string;
}

/** Metadata that can be added to. */
export interface BindableMetadata {
  /** Adds a label, or sets one that is there anew. */
  addLabel(key: string, value: string): void;
}

/** Value of an environment variable: in clear, or from a Secret. */
export interface VariableValue {
  /** The value itself. */
  // biome-ignore lint/suspicious/noExplicitAny: cdk8s-plus' own EnvValue has it so, and must fit.
  readonly value?: any;
  /** Where it comes from, such as a key of a Secret. */
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  readonly valueFrom?: any;
}

/** What a container mounts. */
export interface MountedVolume {
  /** What cdk8s-plus asks of everything that it mounts. */
  // biome-ignore lint/suspicious/noExplicitAny: each cdk8s-plus has a class of its own here.
  asVolume(): any;
}

/**
 * A key of a Secret as one file, by default `password`, in the form in which every cdk8s-plus takes a volume: its `Volume` cannot be
 * used, as there is one for each version of Kubernetes.
 */
export class SecretFileVolume implements MountedVolume {
  constructor(
    readonly name: string,
    private readonly secretName: string,
    private readonly key: string,
    private readonly file = 'password',
  ) {}

  asVolume(): this {
    return this;
  }

  /** What a pod of cdk8s-plus asks its volumes for. */
  _toKube(): object {
    return { name: this.name, secret: { secretName: this.secretName, items: [{ key: this.key, path: this.file }] } };
  }
}
