import {
  Auth,
  type AuthProps,
  type ExternalSecretProps,
  type GeneratedSecretProps,
  SentinelAuth,
} from '../../auth/auth.js';
import { NODE_IMAGE } from '../../kube/images.js';
import { type EntriesOf, either, mapping, ways } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry, required } from '../../words/value-kind.js';
import { choice, count, text } from '../../words/values.js';
import { Environment } from '../environment.js';
import { seconds } from '../units.js';
import { fault, isDnsSubdomain, type Violation } from '../violation.js';
import { isImage } from './engine.js';
import type { NamingSettings } from './naming.js';
import type { NetworkSettings } from './network.js';
import type { ProfileSettings } from './profile.js';
import { secretRules } from './secret.js';
import { userRules, userWords } from './users.js';

/** The props about the password. */
export interface AuthGroupProps {
  /**
   * Where the password comes from.
   * @default Auth.fromSecret() - the Secret `<name>-auth`, which must exist
   */
  readonly auth?: Auth;
}

export interface AuthSettings {
  /** Where the password comes from. */
  readonly auth: Auth;
}

interface SecretWords {
  readonly name?: string;
  readonly key?: string;
}

interface AuthWays {
  readonly secret?: SecretWords;
  readonly externalSecret?: Omit<ExternalSecretProps, keyof AuthProps>;
  readonly generated?: Omit<GeneratedSecretProps, keyof AuthProps>;
  readonly literal?: string;
}

export const authWords: EntriesOf<AuthGroupProps> = {
  auth: entry(
    either(
      { none: Auth.none() },
      ways<AuthWays, AuthProps, Auth>(
        {
          secret: entry(
            mapping<SecretWords>(
              {
                name: entry(text('cache-auth'), 'of the Secret', '`<name>-auth`'),
                key: entry(text('password'), 'in the Secret', 'password'),
              },
              'secret: { name: cache-auth }',
            ),
            'a Secret that exists already',
          ),
          externalSecret: entry(
            mapping<Omit<ExternalSecretProps, keyof AuthProps>>(
              {
                store: required(
                  mapping<ExternalSecretProps['store']>(
                    {
                      name: required(text('vault'), 'of the store'),
                      kind: entry(choice('SecretStore', 'ClusterSecretStore'), 'of the store', 'SecretStore'),
                    },
                    'store: { name: vault }',
                  ),
                  'the store of External Secrets Operator that knows the password',
                ),
                remoteKey: required(text('redis/cache'), 'name of the entry in that store'),
                property: entry(text('password'), 'of the entry, where it holds several', 'the whole entry'),
                refreshInterval: entry(duration('1h'), 'how often the operator reads it again', '1h'),
              },
              'externalSecret: { store: { name: vault }, remoteKey: redis/cache }',
            ),
            'an ExternalSecret, of which External Secrets Operator makes the Secret',
          ),
          generated: entry(
            mapping<Omit<GeneratedSecretProps, keyof AuthProps>>(
              {
                length: entry(count(43), 'of the password in characters', '43'),
                image: entry(text(NODE_IMAGE), 'with Node ≥ 20, that makes it', 'that of the agents'),
              },
              'generated: {}',
            ),
            'a Job that makes the Secret in the cluster, once',
          ),
          literal: entry(text('a password, only for development'), 'the password itself, only in development'),
        },
        {
          sentinels: entry(
            either(
              { none: SentinelAuth.none() },
              ways<{ secret?: SecretWords }, object, SentinelAuth>(
                {
                  secret: entry(
                    mapping<SecretWords>(
                      {
                        name: required(text('sentinel-auth'), 'of the Secret') as never,
                        key: entry(text('password'), 'in the Secret', 'password'),
                      },
                      'secret: { name: sentinel-auth }',
                    ),
                    'another Secret that exists already',
                  ),
                },
                {},
                ({ secret }) => SentinelAuth.fromSecret(secret?.name ?? '', { key: secret?.key }),
              ),
            ),
            'what the Sentinels want: `none`, or another password',
            "the servers' password",
          ),
          ...userWords,
        },
        ({ secret, externalSecret, generated, literal }, besides) => {
          if (secret) return Auth.fromSecret(secret.name, { key: secret.key, ...besides });
          if (externalSecret) return Auth.externalSecret({ ...externalSecret, ...besides });
          if (generated) return Auth.generated({ ...generated, ...besides });
          return Auth.literal(literal ?? '', besides);
        },
      ),
    ),
    'where the password comes from; `none` only where the network is closed, or in development',
    'the Secret `<name>-auth`, key `password`',
  ),
};

export function resolveAuth({ auth }: AuthGroupProps): AuthSettings {
  return { auth: auth ?? Auth.fromSecret() };
}

/** Where the password comes from. A password itself is never repeated in a message. */
export function* authRules(
  settings: AuthSettings & NamingSettings & ProfileSettings & NetworkSettings,
): Generator<Violation> {
  const { source, sentinels } = settings.auth;
  yield* openDoorRules(settings);
  yield* userRules(settings.auth, settings.name);
  if (sentinels?.secret) yield* secretRules(sentinels.secret, ['auth', 'sentinels', 'secret']);
  switch (source.kind) {
    case 'none':
      return;
    case 'literal':
      if (settings.environment !== Environment.DEVELOPMENT) {
        yield {
          path: ['auth', 'literal'],
          message: `'auth' must not be a literal password in production, since whoever reads the manifests would read it: use a Secret, an ExternalSecret or a generated one, or set 'environment' to development`,
        };
      }
      if (!/^[^\p{Cc}]{1,512}$/u.test(source.password)) {
        yield {
          path: ['auth', 'literal'],
          message: `'auth.literal' must be 1 to 512 characters without a line break or another control character, since no configuration file can hold one: choose another password (the one given is not repeated here)`,
        };
      }
      return;
    case 'secret':
      yield* secretRules(source, ['auth', 'secret']);
      return;
    case 'external':
      yield* externalRules(source);
      return;
    case 'generated':
      yield* generatedRules(source);
  }
}

/** Without a password the network is all that keeps others out. */
function* openDoorRules({
  auth,
  environment,
  network,
}: AuthSettings & ProfileSettings & NetworkSettings): Generator<Violation> {
  if (environment === Environment.DEVELOPMENT || network.isClosed) return;
  const isOpen = auth.source.kind === 'none';
  if (!isOpen && (auth.sentinels === undefined || auth.sentinels.secret)) return;
  const who = isOpen
    ? 'whoever reaches the servers could read and delete everything'
    : 'whoever reaches a Sentinel could name another master';
  yield {
    path: isOpen ? ['auth'] : ['auth', 'sentinels'],
    message: `'${isOpen ? 'auth' : 'auth.sentinels'}' must not be none while the network is ${network.mode === 'none' ? 'none' : 'open'}, since ${who}: close it with 'network: { clients: {} }', give a password, or set 'environment' to development`,
  };
}

function* externalRules({
  store,
  remoteKey,
  refreshInterval,
}: Omit<ExternalSecretProps, keyof AuthProps>): Generator<Violation> {
  const path = ['auth', 'externalSecret'];
  if (!isDnsSubdomain(store.name)) {
    yield fault(
      [...path, 'store', 'name'],
      "'store.name' must be the name of a SecretStore or ClusterSecretStore",
      store.name,
      'write the name as kubectl shows it',
    );
  }
  if (remoteKey === '') {
    yield fault([...path, 'remoteKey'], "'remoteKey' must name the entry in the store", '', 'name it');
  }
  if (refreshInterval !== undefined && !Number.isInteger(seconds(refreshInterval))) {
    yield {
      path: [...path, 'refreshInterval'],
      message: `'refreshInterval' must be whole seconds, as the operator counts in them, got ${seconds(refreshInterval)} s: leave it out for 1h`,
    };
  }
}

function* generatedRules({ length = 43, image }: Omit<GeneratedSecretProps, keyof AuthProps>): Generator<Violation> {
  if (!Number.isInteger(length) || length < 22 || length > 512) {
    yield fault(
      ['auth', 'generated', 'length'],
      "'length' must be a whole number from 22 to 512: fewer characters hold less than 128 bits",
      length,
      'leave it out for 43',
    );
  }
  if (image !== undefined && !isImage(image)) {
    yield fault(
      ['auth', 'generated', 'image'],
      "'auth.generated.image' must be an image as it is pulled",
      image,
      'write it as registry.example.com/node:24',
    );
  }
}
