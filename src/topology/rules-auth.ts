import { Environment } from './environment.js';
import type { Settings } from './settings.js';
import { DNS_SUBDOMAIN, fault, type Violation } from './violation.js';

/** Where the password comes from. A password itself is never repeated in a message. */
export function* authRules({ auth: { source }, environment }: Settings): Generator<Violation> {
  switch (source.kind) {
    case 'literal': {
      if (environment !== Environment.DEVELOPMENT) {
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
    }
    case 'secret': {
      if (source.name !== undefined && (!DNS_SUBDOMAIN.test(source.name) || source.name.length > 253)) {
        yield fault(
          ['auth', 'secret', 'name'],
          "'auth.secret.name' must be the name of a Secret: lower-case letters, digits, hyphens and dots",
          source.name,
          'write the name as kubectl shows it',
        );
      }
      if (!/^[-\w.]{1,253}$/.test(source.key)) {
        yield fault(
          ['auth', 'secret', 'key'],
          "'auth.secret.key' must be a key of the Secret: letters, digits, hyphens, dots and underscores",
          source.key,
          'leave it out for password',
        );
      }
      return;
    }
    case 'external': {
      if (!DNS_SUBDOMAIN.test(source.store.name)) {
        yield fault(
          ['auth', 'externalSecret', 'store', 'name'],
          "'store.name' must be the name of a SecretStore or ClusterSecretStore",
          source.store.name,
          'write the name as kubectl shows it',
        );
      }
      if (source.remoteKey === '') {
        yield fault(
          ['auth', 'externalSecret', 'remoteKey'],
          "'remoteKey' must name the entry in the store",
          '',
          'name it',
        );
      }
      return;
    }
    case 'generated': {
      const length = source.length ?? 43;
      if (!Number.isInteger(length) || length < 22 || length > 512) {
        yield fault(
          ['auth', 'generated', 'length'],
          "'length' must be a whole number from 22 to 512: fewer characters hold less than 128 bits",
          length,
          'leave it out for 43',
        );
      }
    }
  }
}
