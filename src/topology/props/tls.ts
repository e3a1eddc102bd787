import {
  type CertManagerProps,
  TLS_CLIENTS,
  TLS_TRANSITIONS,
  Tls,
  type TlsKeys,
  type TlsProps,
} from '../../tls/tls.js';
import { type EntriesOf, mapping, ways } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry, required } from '../../words/value-kind.js';
import { choice, text } from '../../words/values.js';
import { seconds } from '../units.js';
import { fault, isDnsSubdomain, type Violation } from '../violation.js';
import type { NamingSettings } from './naming.js';

export interface TlsGroupProps {
  /** @default - none: what goes over the network can be read there */
  readonly tls?: Tls;
}

export interface TlsSettings {
  /** Absent: there is none. */
  readonly tls?: Tls;
}

interface TlsSecretWords {
  readonly name?: string;
  readonly keys?: TlsKeys;
}

type IssuedProps = Omit<CertManagerProps, keyof TlsProps>;

interface TlsWays {
  readonly secret?: TlsSecretWords;
  readonly certManager?: IssuedProps;
}

export const tlsWords: EntriesOf<TlsGroupProps> = {
  tls: entry(
    ways<TlsWays, TlsProps, Tls>(
      {
        secret: entry(
          mapping<TlsSecretWords>(
            {
              name: entry(text('cache-tls'), 'of the Secret', '`<name>-tls`'),
              keys: entry(
                mapping<TlsKeys>(
                  {
                    certificate: entry(
                      text('tls.crt'),
                      'the certificate, and those between it and the root',
                      'tls.crt',
                    ),
                    key: entry(text('tls.key'), 'its private key, without a passphrase', 'tls.key'),
                    ca: entry(text('ca.crt'), 'the authorities that are trusted, one or several', 'ca.crt'),
                  },
                  '{ ca: ca.crt }',
                ),
                'in the Secret',
                'see each',
              ),
            },
            '{ name: cache-tls }',
          ),
          'a Secret that exists already',
        ),
        certManager: entry(
          mapping<IssuedProps>(
            {
              issuer: required(
                mapping<CertManagerProps['issuer']>(
                  {
                    name: required(text('ca'), 'of the issuer'),
                    kind: entry(choice('Issuer', 'ClusterIssuer'), 'of the issuer', 'Issuer'),
                  },
                  '{ name: ca }',
                ),
                'who signs it; not one that leaves ca.crt empty, as ACME does',
              ),
              duration: entry(duration('2160h'), 'for which it is valid', "cert-manager's own 90 days"),
              renewBefore: entry(duration('720h'), 'before its end it is renewed', 'a third of the duration'),
            },
            '{ issuer: { name: ca } }',
          ),
          'a Certificate with all names, of which cert-manager makes the Secret `<name>-tls`',
        ),
      },
      {
        clients: entry(
          choice(...TLS_CLIENTS),
          'whether who connects is asked for a certificate of its own (mutual TLS)',
          'none',
        ),
        transition: entry(
          choice(...TLS_TRANSITIONS),
          'while TLS is turned on or off for a topology that runs: plain text is taken beside it',
          'none',
        ),
      },
      ({ secret, certManager }, common) =>
        certManager
          ? Tls.certManager({ ...certManager, ...common })
          : Tls.fromSecret(secret?.name, { keys: secret?.keys, ...common }),
    ),
    'TLS on every connection of servers and Sentinels; nobody listens without it',
    'none',
  ),
};

export function resolveTls({ tls }: TlsGroupProps): TlsSettings {
  return { tls };
}

/** As cert-manager demands. */
const LEAST_DURATION_S = 3600;
const LEAST_RENEWAL_S = 300;

export function* tlsRules({ tls, namespace }: TlsSettings & NamingSettings): Generator<Violation> {
  if (!tls) return;
  const { source } = tls;
  if (source.kind === 'secret') {
    if (source.name !== undefined && !isDnsSubdomain(source.name)) {
      yield fault(
        ['tls', 'secret', 'name'],
        "'tls.secret.name' must be the name of a Secret: lower-case letters, digits, hyphens and dots",
        source.name,
        'write the name as kubectl shows it',
      );
    }
    yield* keyRules(tls);
    return;
  }
  const path = ['tls', 'certManager'];
  if (!isDnsSubdomain(source.issuer.name)) {
    yield fault(
      [...path, 'issuer', 'name'],
      "'issuer.name' must be the name of an Issuer or ClusterIssuer",
      source.issuer.name,
      'write the name as kubectl shows it',
    );
  }
  if (namespace === undefined) {
    yield {
      path,
      message:
        "'namespace' must be given together with 'tls.certManager', since the certificate holds the full names of the Services: name the namespace, or make the certificate yourself and give 'tls: { secret: { name: … } }'",
    };
  }
  yield* timeRules(source, path);
}

function* keyRules({ keys }: Tls): Generator<Violation> {
  for (const [word, key] of Object.entries(keys)) {
    if (/^[-\w.]{1,253}$/.test(key)) continue;
    yield fault(
      ['tls', 'secret', 'keys', word],
      `'tls.secret.keys.${word}' must be a key of the Secret: letters, digits, hyphens, dots and underscores`,
      key,
      'leave it out for tls.crt, tls.key and ca.crt',
    );
  }
}

function* timeRules({ duration, renewBefore }: IssuedProps, path: string[]): Generator<Violation> {
  const lasts = duration === undefined ? undefined : seconds(duration);
  const before = renewBefore === undefined ? undefined : seconds(renewBefore);
  if (lasts !== undefined && (!Number.isInteger(lasts) || lasts < LEAST_DURATION_S)) {
    yield fault(
      [...path, 'duration'],
      "'duration' must be at least 1h, as cert-manager demands",
      `${lasts} s`,
      'leave it out for 90 days',
    );
  }
  if (before === undefined) return;
  if (!Number.isInteger(before) || before < LEAST_RENEWAL_S || (lasts !== undefined && before >= lasts)) {
    yield fault(
      [...path, 'renewBefore'],
      "'renewBefore' must be at least 5m and less than 'duration', as cert-manager demands",
      `${before} s`,
      'leave it out for a third of the duration',
    );
  }
}
