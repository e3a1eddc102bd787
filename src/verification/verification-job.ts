import { basename } from 'node:path';
import program from 'program:verification/program/verify.ts';
import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { contentHash } from '../kube/hash.js';
import { NODE_IMAGE } from '../kube/images.js';
import { type Labels, labels } from '../kube/labels.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { AUTH_DIR, PASSWORD_FILE } from '../kube/paths.js';
import { type ContainerSpec, type PodSpec, RESTRICTED_CONTAINER, restrictedPod } from '../kube/pod.js';
import { type Drill, drillFaults } from './drill.js';
import { CHECKS_TIMEOUT_MS, DEFAULT_READY_TIMEOUT_SECONDS, DRILL_ALLOWANCE_MS } from './program/limits.js';
import type { VerificationHook } from './verification-hook.js';

const PROGRAM_FILE = 'verify.cjs';
const PROGRAM_DIR = '/etc/redis-sentinel/program';

/** The user `node` of the stock image. */
const NODE_USER = 1000;

/** A Job's deadline counts from its creation: scheduling, pulling the image and starting Node come before the program. */
const START_ALLOWANCE = Duration.minutes(2);

/**
 * The API server's limit for all annotations of an object, where `kubectl apply` keeps the whole object as JSON, less
 * some room for other annotations.
 */
const LARGEST_OBJECT = 240_000;

export interface VerificationJobProps extends PartProps {
  /** `host:port` of each Sentinel, for each is asked itself. */
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
  /** Secret that holds the password of servers and Sentinels. */
  readonly secretName: string;
  /** Its key. */
  readonly secretKey: string;
  /** Labels that let the pod through the topology's NetworkPolicy. */
  readonly clientLabels: Labels;
  /** @default NODE_IMAGE: the stock image of Node; any with Node ≥ 20 does */
  readonly image?: string;
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
    this.readyTimeout = props.readyTimeout ?? Duration.seconds(DEFAULT_READY_TIMEOUT_SECONDS);
    if (this.readyTimeout.toSeconds() < 1) {
      throw new Error(`'readyTimeout' must be at least 1 second, got ${this.readyTimeout.toHumanString()}`);
    }

    const [fault] = drillFaults(props);
    if (fault !== undefined) throw new Error(fault.message);

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
      template: {
        metadata: { labels: { ...props.labels, ...props.clientLabels, ...labels(props.topology, 'verification') } },
        spec: this.podSpec(props),
      },
    };
    this.jobName = `${props.topology}-verify-${contentHash(spec)}`;
    const annotations = { ...props.annotations, ...props.hook?.annotations };
    addObject(this, 'Resource', 'Job', metadata({ ...props, annotations }, this.jobName, 'verification'), { spec });
  }

  private podSpec(props: VerificationJobProps): PodSpec {
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 10,
      securityContext: restrictedPod(NODE_USER),
      containers: [this.container(props)],
      volumes: [
        { name: 'program', configMap: { name: this.configMapName } },
        {
          name: 'password',
          secret: {
            secretName: props.secretName,
            defaultMode: 0o440,
            items: [{ key: props.secretKey, path: basename(PASSWORD_FILE) }],
          },
        },
      ],
    };
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
      PASSWORD_FILE,
      READY_TIMEOUT: this.readyTimeout.toSeconds(),
      ...(props.drill && { DRILL_LIMIT: props.drill.limit.toSeconds(), DRILL_WRITERS: props.drill.writers }),
    };
    return {
      name: 'verify',
      image: props.image ?? NODE_IMAGE,
      command: ['node', `${PROGRAM_DIR}/${PROGRAM_FILE}`],
      env: Object.entries(environment).map(([name, value]) => ({ name, value: String(value) })),
      // Node with this program takes about 60 MiB.
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '128Mi' } },
      securityContext: RESTRICTED_CONTAINER,
      // The end of the log, which is the report, then also stands in the pod's status.
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [
        { name: 'program', mountPath: PROGRAM_DIR, readOnly: true },
        { name: 'password', mountPath: AUTH_DIR, readOnly: true },
      ],
    };
  }
}

/** What the program may take once the topology is ready. */
function workSeconds(drill: Drill | undefined): number {
  return CHECKS_TIMEOUT_MS / 1000 + (drill === undefined ? 0 : drill.limit.toSeconds() + DRILL_ALLOWANCE_MS / 1000);
}
