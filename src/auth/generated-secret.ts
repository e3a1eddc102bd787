import program from 'program:auth/program/create-secret.ts';
import { Construct } from 'constructs';
import { contentHash } from '../kube/hash.js';
import { labels } from '../kube/labels.js';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import { RESTRICTED_CONTAINER } from '../kube/pod.js';
import { NODE_USER, podTemplate } from '../kube/pod-template.js';
import { type ContainerResources, resourcesSpec } from '../kube/resources.js';

const PROGRAM_FILE = 'create-secret.cjs';
/** Where Kubernetes mounts a ServiceAccount's token. */
const ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

const PROGRAM_DIR = '/etc/redis-sentinel/program';

export interface GeneratedSecretPartProps extends PartProps {
  readonly secretName: string;
  readonly secretKey: string;
  /** Each with a password of its own. @default - none */
  readonly furtherKeys?: readonly string[];
  /** Characters of the password. @default 43 - 258 bits */
  readonly length?: number;
  /** With Node ≥ 20. */
  readonly image: string;
  readonly resources: ContainerResources;
}

/**
 * A Job that makes the Secret in the cluster, once: where the Secret exists, it changes nothing and is content.
 *
 * Its ServiceAccount may create Secrets in this namespace, as Kubernetes cannot limit `create` to a name, and may read
 * none, not even the one it made. The Secret belongs to nobody: it stays when the topology is deleted, as the volumes do.
 */
export class GeneratedSecret extends Construct {
  constructor(scope: Construct, id: string, props: GeneratedSecretPartProps) {
    super(scope, id);
    const names = new Names(props.topology);
    const account = names.secret;
    const common = metadata(props, account, 'secret');
    const config = names.secretJob(contentHash(program));

    addObject(this, 'Account', 'ServiceAccount', common, { automountServiceAccountToken: false });
    addObject(this, 'Role', 'Role', common, {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    });
    addObject(this, 'RoleBinding', 'RoleBinding', common, {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account }],
    });
    addObject(this, 'Program', 'ConfigMap', metadata(props, config, 'secret'), {
      immutable: true,
      data: { [PROGRAM_FILE]: program },
    });

    const spec = {
      // The API server or the RoleBinding may come later than the Job.
      backoffLimit: 6,
      template: template(props, account, config),
    };
    // A Job's template cannot be changed: a changed one is a new Job, which finds the Secret and ends.
    addObject(this, 'Resource', 'Job', metadata(props, names.secretJob(contentHash(spec)), 'secret'), { spec });
  }
}

function template(props: GeneratedSecretPartProps, account: string, config: string) {
  const { secretKey, furtherKeys = [] } = props;
  return podTemplate({
    ...props,
    component: 'secret',
    user: NODE_USER,
    serviceAccount: account,
    token: true,
    restartPolicy: 'Never',
    containers: [
      {
        name: 'create-secret',
        image: props.image,
        command: ['node', `${PROGRAM_DIR}/${PROGRAM_FILE}`],
        env: [
          { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          { name: 'SECRET_NAME', value: props.secretName },
          { name: 'SECRET_KEY', value: [secretKey, ...furtherKeys].join(' ') },
          { name: 'PASSWORD_LENGTH', value: String(props.length ?? 43) },
          { name: 'ACCOUNT_DIR', value: ACCOUNT_DIR },
          { name: 'LABELS', value: JSON.stringify(labels(props.topology, 'secret')) },
        ],
        resources: resourcesSpec(props.resources),
        securityContext: RESTRICTED_CONTAINER,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        volumeMounts: [{ name: 'program', mountPath: PROGRAM_DIR, readOnly: true }],
      },
    ],
    volumes: [{ name: 'program', configMap: { name: config } }],
  });
}
