import { TLS_FILES } from '../certificate.js';
import type { TlsConfig } from '../trust.js';
import { quoted } from './quoted.js';

/** As Redis has it. */
const AUTH_CLIENTS = { none: 'no', optional: 'optional', required: 'yes' } as const;

/**
 * The lines of a configuration that say where to listen: with TLS, and then nowhere without it; or without it. In a transition
 * with and without it, on the ports to which the agent leads.
 */
export function listening(part: 'redis' | 'sentinel', port: number, tls: TlsConfig | undefined): string[] {
  if (!tls) return [`port ${port}`];
  const inner = tls.transition?.[part];
  return [
    `port ${inner?.plain ?? 0}`,
    `tls-port ${inner?.tls ?? port}`,
    ...Object.entries(certificateFiles(tls.dir)).map(([name, path]) => `${name} ${quoted(path)}`),
    `tls-auth-clients ${AUTH_CLIENTS[tls.clients]}`,
    // Of replicas towards their master, and of Sentinels towards all.
    `tls-replication ${tls.transition?.stage === 'accept' ? 'no' : 'yes'}`,
    'tls-protocols "TLSv1.2 TLSv1.3"',
  ];
}

/** The settings that name the files of a certificate. */
export function certificateFiles(dir: string): Record<string, string> {
  return {
    'tls-cert-file': `${dir}/${TLS_FILES.cert}`,
    'tls-key-file': `${dir}/${TLS_FILES.key}`,
    'tls-ca-cert-file': `${dir}/${TLS_FILES.ca}`,
  };
}
