import program from 'program:verification/program/verify.ts';
import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { VERIFICATION_USER } from '../auth/users.js';
import { contentHash } from '../kube/hash.js';
import { NODE_IMAGE } from '../kube/images.js';
import type { Labels } from '../kube/labels.js';
import { addObject, metadata, type PartProps, type PodTemplate } from '../kube/objects.js';
import { AUTH_DIR, PASSWORD_FILE, SENTINEL_AUTH_DIR, SENTINEL_PASSWORD_FILE, TLS_DIR } from '../kube/paths.js';
import { type ContainerSpec, RESTRICTED_CONTAINER } from '../kube/pod.js';
import { isOther, type Secrets, secretVolume } from '../kube/pod-set.js';
import { NODE_USER, podTemplate } from '../kube/pod-template.js';
import { type ContainerResources, resourcesSpec } from '../kube/resources.js';
import { TLS_FILES, type TlsSecret, tlsVolume } from '../kube/tls-volume.js';
import type { Drill } from './drill.js';
import { CHECKS_TIMEOUT_MS, DEFAULT_READY_TIMEOUT_SECONDS, DRILL_ALLOWANCE_MS } from './program/limits.js';
import { verificationFaults } from './verification-faults.js';
import type { VerificationHook } from './verification-hook.js';

const PROGRAM_FILE = 'verify.cjs';
const PROGRAM_DIR = '/etc/redis-sentinel/program';

/** Node with this program takes about 60 MiB. */
const RESOURCES: ContainerResources = {
  requests: { cpu: '50m', memory: Size.mebibytes(128) },
  limits: { memory: Size.mebibytes(128) },
};

/** A Job's deadline counts from its creation: scheduling, pulling the image and starting Node come before the program. */
const START_ALLOWANCE = Duration.minutes(2);

/**
 * The API server's limit for all annotations of an object, where `kubectl apply` keeps the whole object as JSON, less
 * some room for other annotations.
 */
const LARGEST_OBJECT = 240_000;

export interface VerificationJobProps extends PartProps {
  /** `host:port` of each Sentinel, for each is asked itself; with TLS full names, which may hold `$(NAMESPACE)`. */
  readonly sentinelAddresses: readonly string[];
  /** Name under which the Sentinels know the master. */
  readonly masterName: string;
  /** Number of Redis servers, the master included. */
  readonly servers: number;
  /** Number of Sentinels. */
  readonly sentinels: number;
  /** @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
  readonly quorum: number;
  /** Expected `min-replicas-to-write` on each server. */
  readonly minReplicasToWrite: number;
  /** Expected `min-replicas-max-lag`, in seconds; not looked at where `minReplicasToWrite` is 0. */
  readonly maxLagSeconds: number;
  /** Where the passwords of servers and Sentinels are, if they have any. */
  readonly secrets: Secrets;
  /** Where the certificate is, and whether one is asked for. @default - there is no TLS */
  readonly tls?: { readonly secret: TlsSecret; readonly clients: 'none' | 'optional' | 'required' };
  /** Labels that let the pod through the topology's NetworkPolicy. */
  readonly clientLabels: Labels;
  /** @default NODE_IMAGE: the stock image of Node; any with Node ≥ 20 does */
  readonly image?: string;
  /** @default - cpu 50m, memory 128 MiB */
  readonly resources?: ContainerResources;
  /** Also of the topology's own. @default - the namespace's */
  readonly serviceAccount?: string;
  /** @default - none: it runs once, when it is first applied, and again when its spec has changed */
  readonly hook?: VerificationHook;
  /**
   * How long after its end Kubernetes deletes the Job. To a GitOps tool the Job is then missing: it creates it again.
   * @default - it stays, with its result
   */
  readonly ttl?: Duration;
  /** @default Duration.minutes(5) */
  readonly readyTimeout?: Duration;
  /**
   * A failover under load, after the checks.
   * @default - none: the Job changes nothing but keys of its own
   */
  readonly drill?: Drill;
}

/**
 * A Job that tells whether a topology is sound, as an application sees it: its exit code is 0 for sound, 1 for unsound,
 * 2 for "could not tell", its log one line for each check and a report in JSON.
 *
 * It runs once: a template of a Job cannot be changed, so its name carries a hash of its whole spec, and a changed
 * topology gets a new Job beside the old one. It repeats nothing but the wait for readiness. With a `drill` it also tries a
 * failover.
 */
export class VerificationJob extends Construct {
  /** Name of the Job, `<topology>-verify-<hash>`. */
  readonly jobName: string;
  /** Name of the ConfigMap with the program, `<topology>-verify-<hash>` with a hash of its own. */
  readonly configMapName: string;
  /** How long the program waits for the topology to become ready. */
  readonly readyTimeout: Duration;

  constructor(scope: Construct, id: string, props: VerificationJobProps) {
    super(scope, id);
    if (props.sentinelAddresses.length !== props.sentinels) {
      throw new Error(
        `'sentinelAddresses' must name each of the ${props.sentinels} Sentinels, for each is asked itself, ` +
          `got ${props.sentinelAddresses.length}`,
      );
    }
    const [fault] = verificationFaults(props);
    if (fault !== undefined) throw new Error(fault.message);
    this.readyTimeout = props.readyTimeout ?? Duration.seconds(DEFAULT_READY_TIMEOUT_SECONDS);

    this.configMapName = `${props.topology}-verify-${contentHash(program)}`;
    const configMap = addObject(this, 'Program', 'ConfigMap', metadata(props, this.configMapName, 'verification'), {
      immutable: true,
      data: { [PROGRAM_FILE]: program },
    });
    const size = Buffer.byteLength(JSON.stringify(configMap.toJson()));
    if (size > LARGEST_OBJECT) {
      throw new Error(
        `the verification program's ConfigMap must be at most ${LARGEST_OBJECT} bytes, as 'kubectl apply' copies it into ` +
          `an annotation, got ${size}: import less into the program`,
      );
    }

    const spec = {
      // A second run would hide what the first one found.
      backoffLimit: 0,
      activeDeadlineSeconds: this.readyTimeout.toSeconds() + workSeconds(props.drill) + START_ALLOWANCE.toSeconds(),
      ttlSecondsAfterFinished: props.ttl?.toSeconds(),
      template: this.template(props),
    };
    this.jobName = `${props.topology}-verify-${contentHash(spec)}`;
    const annotations = { ...props.annotations, ...props.hook?.annotations };
    addObject(this, 'Resource', 'Job', metadata({ ...props, annotations }, this.jobName, 'verification'), { spec });
  }

  private template(props: VerificationJobProps): PodTemplate {
    const servers = passwordOf(props.secrets);
    const { sentinels } = props.secrets;
    return podTemplate({
      ...props,
      component: 'verification',
      user: NODE_USER,
      restartPolicy: 'Never',
      grace: 10,
      podLabels: props.clientLabels,
      containers: [this.container(props)],
      // Not optional: without a password there is nothing that the program could tell.
      volumes: [
        { name: 'program', configMap: { name: this.configMapName } },
        ...secretVolume('password', servers && { ...servers, optional: undefined }, props),
        ...(isOther(props.secrets)
          ? secretVolume('sentinel-password', sentinels && { ...sentinels, optional: undefined }, props)
          : []),
        ...tlsVolume('tls', props.tls?.secret, props, undefined, props.tls?.clients === 'none' ? ['ca'] : undefined),
      ],
    });
  }

  private container(props: VerificationJobProps): ContainerSpec {
    const environment = {
      MODE: props.drill?.mode ?? 'verify',
      TOPOLOGY: props.topology,
      MASTER_NAME: props.masterName,
      SENTINEL_ADDRESSES: props.sentinelAddresses.join(','),
      EXPECTED_SERVERS: props.servers,
      EXPECTED_SENTINELS: props.sentinels,
      EXPECTED_QUORUM: props.quorum,
      EXPECTED_MIN_REPLICAS: props.minReplicasToWrite,
      EXPECTED_MAX_LAG: props.maxLagSeconds,
      ...login(props.secrets),
      ...(props.tls && tlsFiles(props.tls.clients)),
      READY_TIMEOUT: this.readyTimeout.toSeconds(),
      ...(props.drill && { DRILL_LIMIT: props.drill.limit.toSeconds(), DRILL_WRITERS: props.drill.writers }),
    };
    return {
      name: 'verify',
      image: props.image ?? NODE_IMAGE,
      command: ['node', `${PROGRAM_DIR}/${PROGRAM_FILE}`],
      env: [
        ...(props.tls ? [{ name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }] : []),
        ...Object.entries(environment).map(([name, value]) => ({ name, value: String(value) })),
      ],
      resources: resourcesSpec(props.resources ?? RESOURCES),
      securityContext: RESTRICTED_CONTAINER,
      // The end of the log, which is the report, then also stands in the pod's status.
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [
        { name: 'program', mountPath: PROGRAM_DIR, readOnly: true },
        ...(props.secrets.servers ? [{ name: 'password', mountPath: AUTH_DIR, readOnly: true }] : []),
        ...(isOther(props.secrets)
          ? [{ name: 'sentinel-password', mountPath: SENTINEL_AUTH_DIR, readOnly: true }]
          : []),
        ...(props.tls ? [{ name: 'tls', mountPath: TLS_DIR, readOnly: true }] : []),
      ],
    };
  }
}

/** Where there are users, the Job has one of its own, for servers and Sentinels. */
function passwordOf({ servers, users }: Secrets): Secrets['servers'] {
  return users?.[VERIFICATION_USER] ?? servers;
}

/** `none` where there is no password; the Sentinels' is named only where it is another one. */
function login({ servers, sentinels, users }: Secrets): Record<string, string> {
  if (users) return { USER_NAME: VERIFICATION_USER, PASSWORD_FILE };
  const file = servers ? PASSWORD_FILE : 'none';
  if (isOther({ servers, sentinels })) return { PASSWORD_FILE: file, SENTINEL_PASSWORD_FILE };
  return { PASSWORD_FILE: file, ...(servers && !sentinels && { SENTINEL_PASSWORD_FILE: 'none' }) };
}

function tlsFiles(clients: 'none' | 'optional' | 'required'): Record<string, string> {
  const TLS_CA_FILE = `${TLS_DIR}/${TLS_FILES.ca}`;
  if (clients === 'none') return { TLS_CA_FILE };
  return {
    TLS_CA_FILE,
    TLS_CERT_FILE: `${TLS_DIR}/${TLS_FILES.certificate}`,
    TLS_KEY_FILE: `${TLS_DIR}/${TLS_FILES.key}`,
  };
}

/** What the program may take once the topology is ready. */
function workSeconds(drill: Drill | undefined): number {
  return CHECKS_TIMEOUT_MS / 1000 + (drill === undefined ? 0 : drill.limit.toSeconds() + DRILL_ALLOWANCE_MS / 1000);
}
