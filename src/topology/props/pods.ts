import type { Affinity, PodChoices, PodTemplateHook, PodUser, Toleration } from '../../kube/pod-choices.js';
import { GRACE_SECONDS } from '../../kube/pod-set.js';
import { Spread, type SpreadChoices } from '../../kube/spread.js';
import { type EntriesOf, either, mapping } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry } from '../../words/value-kind.js';
import { choice, count, kubernetes, listOf, named, text, textsByName } from '../../words/values.js';
import { seconds } from '../units.js';
import { fault, isDnsSubdomain, LABEL_VALUE, QUALIFIED_NAME, type Violation } from '../violation.js';
import { annotationRules, labelRules } from './naming.js';

/** The props about pods. */
export interface PodProps {
  /**
   * What all pods have in common.
   * @default - see PodChoices
   */
  readonly pod?: PodChoices;
  /**
   * How the pods keep apart, in one word for nodes alone, or for nodes and zones.
   * @default - Spread.REQUIRED for nodes, Spread.PREFERRED for zones
   */
  readonly spread?: Spread | Partial<SpreadChoices>;
  /**
   * For what no prop says: further containers and volumes, say. Called with each pod's spec before it is written. There is
   * no word for it in a topology file.
   * @default - pods are written as they are
   */
  readonly podTemplate?: PodTemplateHook;
}

export interface PodSettings {
  /** What all pods have in common. */
  readonly pod: PodChoices;
  /** How servers are spread over nodes and zones. */
  readonly spread: SpreadChoices;
  /** Changes the pods as the very last. */
  readonly podTemplate?: PodTemplateHook;
  /** Seconds that servers and Sentinels are given to stop. */
  readonly grace: number;
}

const SPREADS = { required: Spread.REQUIRED, preferred: Spread.PREFERRED };

export const podWords: EntriesOf<Omit<PodProps, 'podTemplate'>> = {
  pod: entry(
    mapping<PodChoices>(
      {
        tolerations: entry(listOf(toleration()), 'taints that do not keep the pods away', 'none'),
        nodeSelector: entry(textsByName('{ disk: ssd }'), 'labels that a node must have', 'any node'),
        affinity: entry(
          mapping<Affinity>(
            {
              nodeAffinity: entry(
                kubernetes<object>('NodeAffinity', '{ requiredDuringSchedulingIgnoredDuringExecution: … }'),
                "on which nodes, in Kubernetes' words",
                'any node',
              ),
            },
            'affinity: { nodeAffinity: {} }',
          ),
          'on which nodes; how the pods keep apart is what `spread` says',
          'any node',
        ),
        priorityClassName: entry(text('important'), 'of all pods', "the cluster's default"),
        runtimeClassName: entry(text('gvisor'), 'of all pods', "the cluster's default"),
        schedulerName: entry(text('volcano'), 'of all pods', "Kubernetes' own"),
        imagePullSecrets: entry(listOf(text('registry')), 'names of Secrets with which images are pulled', 'none'),
        labels: entry(textsByName('{ team: shop }'), 'further labels of the pods', 'none'),
        annotations: entry(textsByName('{ sidecar.istio.io/inject: "false" }'), 'annotations of the pods', 'none'),
        securityContext: entry(
          either<'none' | PodUser>(
            { none: 'none' },
            mapping<PodUser>(
              {
                runAsUser: entry(count(1000), 'number of the user', '999, of Jobs 1000'),
                runAsGroup: entry(count(1000), 'number of the group', "the user's"),
                fsGroup: entry(count(1000), "group of the volumes' files", "the user's"),
              },
              'securityContext: { runAsUser: 1000 }',
            ),
          ),
          "`none`: no fixed user or group, as OpenShift's restricted-v2 wants it",
          'the users of the official images',
        ),
        terminationGracePeriod: entry(
          duration('60s'),
          'that servers and Sentinels are given to stop',
          `${GRACE_SECONDS}s`,
        ),
        serviceAccountName: entry(text('cache'), 'a ServiceAccount that exists', 'one is made, without rights'),
      },
      'pod: { nodeSelector: { disk: ssd } }',
    ),
    'what all pods have in common: servers, Sentinels and Jobs',
    'see each',
  ),
  spread: entry(
    either<Spread | Partial<SpreadChoices>>(
      SPREADS,
      mapping<Partial<SpreadChoices>>(
        {
          nodes: entry(named(SPREADS), '`required`: no two pods of a set share a node', 'required'),
          zones: entry(named(SPREADS), '`required`: no zone has two pods more than another', 'preferred'),
        },
        'spread: { nodes: required, zones: preferred }',
      ),
    ),
    'how the pods keep apart; in one word for nodes alone',
    '`{ nodes: required, zones: preferred }`',
  ),
};

function toleration() {
  return mapping<Toleration>(
    {
      key: entry(text('dedicated'), 'of the taint', 'every key'),
      operator: entry(choice('Exists', 'Equal'), 'how it is compared', 'Equal'),
      value: entry(text('redis'), 'of the taint'),
      effect: entry(choice('NoSchedule', 'PreferNoSchedule', 'NoExecute'), 'of the taint', 'every effect'),
      tolerationSeconds: entry(count(60), 'how long a pod stays, in seconds', 'for ever'),
    },
    '{ key: dedicated, operator: Exists }',
  );
}

export function resolvePods({ pod = {}, spread = {}, podTemplate }: PodProps): PodSettings {
  const { nodes = Spread.REQUIRED, zones = Spread.PREFERRED } = typeof spread === 'string' ? { nodes: spread } : spread;
  const grace = pod.terminationGracePeriod ? seconds(pod.terminationGracePeriod) : GRACE_SECONDS;
  return { pod, spread: { nodes, zones }, podTemplate, grace };
}

/** A hand-over is given what is left of 35 s, which the server's own stop may take. */
const LEAST_GRACE = 45;
const MOST_GRACE = 3600;
const MOST_USER = 2 ** 31 - 1;
const NODE_AFFINITY = [
  'requiredDuringSchedulingIgnoredDuringExecution',
  'preferredDuringSchedulingIgnoredDuringExecution',
];

export function* podRules({ pod, grace }: PodSettings): Generator<Violation> {
  if (!Number.isInteger(grace) || grace < LEAST_GRACE || grace > MOST_GRACE) {
    yield {
      path: ['pod', 'terminationGracePeriod'],
      message: `'terminationGracePeriod' must be whole seconds from ${LEAST_GRACE} to ${MOST_GRACE} s, since a server needs up to 35 s for its replicas and the disk after it handed over, got ${grace} s: leave it out for ${GRACE_SECONDS}s`,
    };
  }
  for (const name of ['priorityClassName', 'runtimeClassName', 'schedulerName', 'serviceAccountName'] as const) {
    const value = pod[name];
    if (value !== undefined && !isDnsSubdomain(value)) yield notAName(['pod', name], value);
  }
  for (const [index, name] of (pod.imagePullSecrets ?? []).entries()) {
    if (!isDnsSubdomain(name)) yield notAName(['pod', 'imagePullSecrets', index], name);
  }
  yield* labelRules(['pod', 'labels'], pod.labels ?? {});
  yield* annotationRules(['pod', 'annotations'], pod.annotations ?? {});
  for (const [key, value] of Object.entries(pod.nodeSelector ?? {})) {
    if (QUALIFIED_NAME.test(key) && LABEL_VALUE.test(value)) continue;
    yield fault(
      ['pod', 'nodeSelector', key],
      "'nodeSelector' must be a label as nodes have them",
      `${key}: ${value}`,
      'write it as kubectl shows it',
    );
  }
  for (const [index, { key, operator, value }] of (pod.tolerations ?? []).entries()) {
    const path = ['pod', 'tolerations', index];
    if (operator === 'Exists' && value !== undefined) {
      yield fault(
        path,
        "'tolerations' must have no 'value' with the operator Exists, as Kubernetes demands",
        value,
        "drop it, or give 'operator: Equal'",
      );
    } else if (key === undefined && operator !== 'Exists') {
      yield fault(
        path,
        "'tolerations' must have a 'key', or the operator Exists for all of them, as Kubernetes demands",
        operator,
        "give 'operator: Exists'",
      );
    }
  }
  for (const word of Object.keys(pod.affinity?.nodeAffinity ?? {})) {
    if (NODE_AFFINITY.includes(word)) continue;
    yield fault(
      ['pod', 'affinity', 'nodeAffinity', word],
      `'nodeAffinity' must hold ${NODE_AFFINITY.join(' or ')}, as Kubernetes has it`,
      word,
      'write it as in a pod',
    );
  }
  yield* userRules(pod.securityContext);
}

function* userRules(user: PodChoices['securityContext'] = {}): Generator<Violation> {
  if (user === 'none') return;
  for (const [word, number] of Object.entries(user)) {
    const least = word === 'runAsUser' ? 1 : 0;
    if (number === undefined || (Number.isInteger(number) && number >= least && number <= MOST_USER)) continue;
    yield fault(
      ['pod', 'securityContext', word],
      `'${word}' must be a whole number from ${least}${least === 1 ? ', as no pod may run as root' : ''}`,
      number,
      "leave it out for the image's own user",
    );
  }
}

function notAName(path: Violation['path'], got: string): Violation {
  return fault(
    path,
    `'${path[1]}' must be a name as Kubernetes has them: lower-case letters, digits, hyphens and dots`,
    got,
    'write it as kubectl shows it',
  );
}
