import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** The files of a mounted certificate, by the names that they have in every pod. */
export const TLS_FILES = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' } as const;

/** A certificate that fits its key, its authorities and its pod. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Of the three files together: a hash of them. */
  readonly id: string;
  /** The end of the certificate, or of one of those that it depends on: ms since 1970. */
  readonly expiresAt: number;
}

/** What the mounted files hold: a certificate, or why it cannot be one, in a person's words. */
export interface MountedCertificate {
  readonly value?: Certificate;
  readonly fault?: string;
  /** There are no such files (yet). */
  readonly missing?: boolean;
}

export interface Demands {
  /** The name, or the address, by which this pod is reached. */
  readonly host: string;
  /** It is also shown to others, who demand one. */
  readonly asClient: boolean;
  /** ms since 1970. */
  readonly now: number;
}

const MAKE_SECRET = 'make the Secret, or give it the keys that the topology names (tls)';
/** Of a certificate's extended usages: whose holder may serve, and whose may connect. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Reads the three files, and sees to it that peers and clients will accept them. Nothing of the key is in a message. */
export function readCertificate(dir: string, demands: Demands): MountedCertificate {
  const files: Record<string, string> = {};
  for (const [part, name] of Object.entries(TLS_FILES)) {
    try {
      files[part] = readFileSync(join(dir, name), 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT')
        return { fault: `${join(dir, name)} cannot be read (${code}); its mode must let the pod's group read it` };
      return { missing: true, fault: `${join(dir, name)} is not there; ${MAKE_SECRET}` };
    }
  }
  const { cert = '', key = '', ca = '' } = files;
  try {
    return { value: checked({ cert, key, ca }, demands) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** @throws Error - in a person's words */
function checked(files: Pick<Certificate, 'cert' | 'key' | 'ca'>, { host, asClient, now }: Demands): Certificate {
  const chain = certificatesIn(files.cert, TLS_FILES.cert);
  const authorities = certificatesIn(files.ca, TLS_FILES.ca);
  const [leaf] = chain as [X509Certificate];
  if (!leaf.checkPrivateKey(privateKeyIn(files.key))) {
    throw new Error(
      `${TLS_FILES.key} is not the key of the certificate in ${TLS_FILES.cert}; take both from the same issue`,
    );
  }
  const path = pathToAuthority(chain, authorities);
  for (const one of path) checkTime(one, now);
  checkName(leaf, host);
  checkUsage(leaf, asClient);
  const id = createHash('sha256').update(Object.values(files).join('\0')).digest('hex').slice(0, 16);
  return { ...files, id, expiresAt: Math.min(...path.map(({ validTo }) => Date.parse(validTo))) };
}

function certificatesIn(text: string, file: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${file} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
  return blocks.map((block, place) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new Error(`certificate ${place + 1} of ${file} is damaged`);
    }
  });
}

function privateKeyIn(text: string): KeyObject {
  if (text.includes('ENCRYPTED'))
    throw new Error(`${TLS_FILES.key} has a passphrase, which nobody could give; store it without one`);
  try {
    return createPrivateKey(text);
  } catch {
    throw new Error(`${TLS_FILES.key} holds no private key in PEM`);
  }
}

/** From the certificate to an authority that is trusted, by those behind it in its file. */
function pathToAuthority(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate[] {
  const path = [chain[0] as X509Certificate];
  for (let length = 0; length <= chain.length; length++) {
    const last = path.at(-1) as X509Certificate;
    const root = authorities.find((one) => signed(one, last));
    if (root) return root.fingerprint256 === last.fingerprint256 ? path : [...path, root];
    const next = chain.find((one) => !path.includes(one) && signed(one, last));
    if (!next) break;
    path.push(next);
  }
  const { issuer } = path.at(-1) as X509Certificate;
  throw new Error(
    `no authority in ${TLS_FILES.ca} has signed the certificate in ${TLS_FILES.cert}, whose issuer is ${oneLine(issuer)}; ` +
      `put that authority into ${TLS_FILES.ca}, and those between behind the certificate`,
  );
}

function signed(authority: X509Certificate, one: X509Certificate): boolean {
  try {
    return one.checkIssued(authority) && one.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function checkTime({ validFrom, validTo, subject }: X509Certificate, now: number): void {
  const which = `the certificate ${oneLine(subject)}`;
  if (now > Date.parse(validTo)) throw new Error(`${which} has expired, on ${day(validTo)}; renew it`);
  if (now < Date.parse(validFrom)) {
    throw new Error(`${which} is not valid before ${day(validFrom)}; wait, or correct the clock of the node`);
  }
}

/** Whether the certificate is that of this host, by name or address. */
export function isOf({ cert }: Certificate, host: string): boolean {
  return holdsName(new X509Certificate(cert), host);
}

function holdsName(leaf: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined;
}

function checkName(leaf: X509Certificate, host: string): void {
  if (holdsName(leaf, host)) return;
  const names = leaf.subjectAltName ?? 'none';
  const shown = names.length > 300 ? `${names.slice(0, 300)}…` : names;
  throw new Error(`the certificate does not hold the name ${host}, by which this pod is reached; it holds ${shown}`);
}

function checkUsage({ keyUsage }: X509Certificate, asClient: boolean): void {
  // These are the extended ones; without any, it may be used for all.
  if (keyUsage === undefined || keyUsage.length === 0) return;
  if (!keyUsage.includes(SERVER_AUTH))
    throw new Error('the certificate is none of a server (extendedKeyUsage serverAuth)');
  if (asClient && !keyUsage.includes(CLIENT_AUTH)) {
    throw new Error(
      'the certificate may not be used as a client (extendedKeyUsage clientAuth), as replicas and Sentinels must with ' +
        "'tls.clients'; issue it with both usages, or leave 'clients' out",
    );
  }
}

function day(text: string): string {
  return new Date(text).toISOString().replace('.000Z', 'Z');
}

function oneLine(name: string | undefined): string {
  return `'${(name ?? '').split('\n').join(', ')}'`;
}
