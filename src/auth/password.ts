import { Construct } from 'constructs';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { Auth, ExternalSecretProps } from './auth.js';
import { GeneratedSecret } from './generated-secret.js';

export interface PasswordProps extends PartProps {
  readonly auth: Auth;
}

/** The Secret that holds the password, and the objects that it comes from, if it does not exist already. */
export class Password extends Construct {
  /** Name of the Secret. */
  readonly secretName: string;
  /** Key in it. */
  readonly secretKey: string;
  /**
   * Whether pods start without the Secret or its key, and say in their logs what is missing. So for a Secret that people
   * make, where the key may be misnamed; one that is made by its object here appears, and the pods wait for it.
   */
  readonly optional: boolean;

  constructor(scope: Construct, id: string, props: PasswordProps) {
    super(scope, id);
    const { source } = props.auth;
    const ofTopology = new Names(props.topology).secret;
    this.secretName = source.kind === 'secret' ? (source.name ?? ofTopology) : ofTopology;
    this.secretKey = source.kind === 'secret' ? source.key : 'password';

    this.optional = source.kind === 'secret';

    switch (source.kind) {
      case 'secret':
        break;
      case 'literal':
        addObject(this, 'Resource', 'Secret', metadata(props, this.secretName, 'secret'), {
          type: 'Opaque',
          stringData: { [this.secretKey]: source.password },
        });
        break;
      case 'external':
        addObject(this, 'Resource', 'ExternalSecret', metadata(props, this.secretName, 'secret'), {
          spec: this.externalSecret(source),
        });
        break;
      case 'generated':
        new GeneratedSecret(this, 'Generated', {
          ...props,
          secretName: this.secretName,
          secretKey: this.secretKey,
          length: source.length,
          image: source.image,
        });
    }
  }

  /** @see https://external-secrets.io/latest/api/externalsecret/ */
  private externalSecret({ store, remoteKey, property, refreshInterval }: ExternalSecretProps) {
    return {
      refreshInterval: `${refreshInterval?.toSeconds() ?? 3600}s`,
      secretStoreRef: { name: store.name, kind: store.kind ?? 'SecretStore' },
      target: { name: this.secretName, creationPolicy: 'Owner' },
      data: [{ secretKey: this.secretKey, remoteRef: { key: remoteKey, property } }],
    };
  }
}
