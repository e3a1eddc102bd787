import type { PartProps } from './objects.js';
import type { Volume } from './pod.js';
import { secretMode } from './pod-template.js';

/** A Secret that holds a certificate. */
export interface TlsSecret {
  /** Of the Secret. */
  readonly name: string;
  /** Where in it what is. */
  readonly keys: TlsSecretKeys;
}

/** Keys of such a Secret. */
export interface TlsSecretKeys {
  /** Of the certificate. */
  readonly certificate: string;
  /** Of its private key. */
  readonly key: string;
  /** Of the authorities that are trusted. */
  readonly ca: string;
}

/** The files of a mounted certificate, whatever the Secret's keys are. */
export const TLS_FILES = { certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt' } as const;

/** Which of its files somebody is given. */
export type TlsFile = keyof typeof TLS_FILES;

/**
 * A certificate's Secret as files. As a whole folder, so that the kubelet brings in what is renewed, all of it at once.
 * @param files default: all; to who is no server and makes itself known to none, `ca` alone is enough
 */
export function tlsVolume(
  name: string,
  secret: TlsSecret | undefined,
  { pod }: PartProps,
  optional: boolean | undefined,
  files: readonly TlsFile[] = ['certificate', 'key', 'ca'],
): Volume[] {
  if (secret === undefined) return [];
  return [
    {
      name,
      secret: {
        secretName: secret.name,
        optional,
        defaultMode: secretMode(pod),
        items: files.map((file) => ({ key: secret.keys[file], path: TLS_FILES[file] })),
      },
    },
  ];
}
