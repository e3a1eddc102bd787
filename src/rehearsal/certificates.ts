import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLS_FILES } from '../kube/tls-volume.js';

/** The files of a certificate, by their names in the pods. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export interface CertificateOptions {
  /** Names and addresses that it holds, as `DNS:cache-0` or `IP:127.0.0.1`. */
  readonly names: readonly string[];
  /** @default 30 */
  readonly days?: number;
  /** @default serverAuth, clientAuth */
  readonly usage?: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * An authority of one's own, for one rehearsal or test, by the command `openssl`: Node signs no certificates. Its keys are in
 * the memory of this process, and for a moment in a folder that nobody else reads.
 */
export class Authority {
  private readonly key: string;
  readonly certificate: string;

  /** @throws Error - where `openssl` is missing */
  constructor(name = 'rehearsal') {
    const made = inFolder((openssl) => {
      openssl(
        ...['req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '60', '-subj', `/CN=${name}`],
        ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      );
      return ['ca.key', 'ca.crt'];
    });
    [this.key, this.certificate] = made as [string, string];
  }

  issue({ names, days = 30, usage = 'serverAuth, clientAuth' }: CertificateOptions): CertificateFiles {
    const extensions = `subjectAltName=${names.join(',')}\nextendedKeyUsage=${usage}\nbasicConstraints=CA:FALSE\n`;
    const files = { 'ca.key': this.key, 'ca.crt': this.certificate, extensions };
    const made = inFolder((openssl) => {
      openssl('req', ...NEW_KEY, '-keyout', 'tls.key', '-out', 'tls.csr', '-subj', '/CN=redis-sentinel');
      openssl(
        ...[
          'x509',
          '-req',
          '-in',
          'tls.csr',
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-CAcreateserial',
          '-days',
          `${days}`,
        ],
        ...['-sha256', '-extfile', 'extensions', '-out', 'tls.crt'],
      );
      return ['tls.crt', 'tls.key'];
    }, files);
    const [certificate, key] = made as [string, string];
    return { certificate, key, ca: this.certificate };
  }
}

/** As a mounted Secret has them. */
export function contentOf(files: CertificateFiles): Record<string, string> {
  return {
    [TLS_FILES.certificate]: files.certificate,
    [TLS_FILES.key]: files.key,
    [TLS_FILES.ca]: files.ca,
  };
}

/** Runs `openssl` in a folder of its own. @returns the files that `make` names */
function inFolder(
  make: (openssl: (...words: string[]) => void) => readonly string[],
  files: Readonly<Record<string, string>> = {},
): string[] {
  const cwd = mkdtempSync(join(tmpdir(), 'redis-sentinel-ca-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text, { mode: 0o600 });
    const names = make((...words) => run(words, cwd));
    return names.map((name) => readFileSync(join(cwd, name), 'utf8'));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function run(words: readonly string[], cwd: string): void {
  try {
    execFileSync('openssl', words, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') {
      throw new Error(
        "the topology has TLS and its certificate is not in the manifest; a rehearsal makes one by the command 'openssl' (1.1.1 " +
          'or newer), which is not on this machine: install it (Debian: apt-get install openssl), or put the Secret into the manifest',
      );
    }
    throw new Error(`openssl ${words[0]} failed: ${stderr ?? (error as Error).message}`);
  }
}
