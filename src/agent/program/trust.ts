import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Endpoint } from '../../client/endpoint.js';
import { type Certificate, type Demands, TLS_FILES } from './certificate.js';
import { type Addresses, withoutDot } from './names.js';
import type { AgentSettings } from './settings.js';
import { dialsTls, type Transition } from './transition.js';

/** Where a server or Sentinel is reached that has this address. */
export type Reach = (address: string, port: number) => Pick<Endpoint, 'host' | 'port' | 'tls'>;

/** What an engine is told of its certificate. */
export interface TlsConfig {
  /** Folder of the three files. It never changes: a certificate and a key from two moments would be no pair. */
  readonly dir: string;
  readonly clients: 'none' | 'optional' | 'required';
  /** Undefined: nobody listens without TLS. */
  readonly transition?: Transition;
}

const FOLDER = /^tls\.([0-9a-f]{16})$/;

/**
 * The certificate in force in this pod: the one that the agent shows and by which it trusts, and that its server and Sentinel
 * get. Like the passwords, all of a pod goes by these copies and not by the mounted files, which change at any time.
 */
export class Trust {
  private context: SecureContext;

  constructor(
    private readonly settings: Pick<AgentSettings, 'runDir' | 'local'> & {
      readonly tls: NonNullable<AgentSettings['tls']>;
    },
    private certificate: Certificate,
  ) {
    this.context = this.putDown(certificate);
  }

  get current(): Certificate {
    return this.certificate;
  }

  /** For what is started from now on. */
  get config(): TlsConfig {
    const { clients, transition } = this.settings.tls;
    return { dir: this.folder(this.certificate.id), clients, transition };
  }

  /** @throws where it cannot be written down; then nothing has changed */
  putInForce(certificate: Certificate): void {
    const before = this.certificate.id;
    this.context = this.putDown(certificate);
    this.certificate = certificate;
    this.forgetAllBut(before, certificate.id);
  }

  /**
   * Connections name what they verify: the announced name, whatever address they go to. So none of them waits for DNS, and
   * none goes unverified.
   * @param ownName of this pod
   */
  reach(ownName: string, located: ReadonlyMap<string, string>): Reach {
    return (address, port) => {
      const name = address === this.settings.local ? ownName : address;
      // A certificate may hold an address too; then it is that which is verified.
      const servername = isIP(name) === 0 ? name : undefined;
      const tls = { secureContext: this.context, ...(servername !== undefined && { servername }) };
      return { host: located.get(address) ?? address, port, tls };
    };
  }

  private putDown({ id, cert, key, ca }: Certificate): SecureContext {
    const context = createSecureContext({ cert, key, ca, minVersion: 'TLSv1.2' });
    const folder = this.folder(id);
    const draft = `${folder}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    for (const [part, text] of Object.entries({ cert, key, ca })) {
      writeFileSync(join(draft, TLS_FILES[part as keyof typeof TLS_FILES]), text, { mode: 0o600 });
    }
    try {
      renameSync(draft, folder);
    } catch (error) {
      // It is there, from an agent before this one: the same files, as its name is their hash.
      rmSync(draft, { recursive: true, force: true });
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    return context;
  }

  /** The one before is what runs may still be using. */
  private forgetAllBut(...ids: readonly string[]): void {
    for (const name of readdirSync(this.settings.runDir)) {
      const [, id] = FOLDER.exec(name) ?? [];
      if (id !== undefined && !ids.includes(id)) rmSync(this.folder(id), { recursive: true, force: true });
    }
  }

  private folder(id: string): string {
    return join(this.settings.runDir, `tls.${id}`);
  }
}

/** With which certificate an engine runs, by the path of its file; undefined where that is none of ours. */
export function certificateIdIn(path: string): string | undefined {
  return /\/tls\.([0-9a-f]{16})\//.exec(path)?.[1];
}

/**
 * What servers and Sentinels are known as. With TLS by the name that their certificate holds; without it by the address of their
 * Service, so that no failover waits for DNS.
 * @param located by `locate`
 */
export function announced(
  settings: Pick<AgentSettings, 'servers' | 'sentinels' | 'tls'>,
  located: Addresses,
): Addresses {
  if (!dialsTls(settings)) return located;
  return { servers: settings.servers.map(withoutDot), sentinels: settings.sentinels.map(withoutDot) };
}

/** The address of each that is announced by a name. */
export function addressesByName(
  settings: Pick<AgentSettings, 'servers' | 'sentinels'>,
  located: Addresses,
): Map<string, string> {
  const pairs = (names: readonly string[], addresses: readonly string[]) =>
    names.map((name, place): [string, string] => [withoutDot(name), addresses[place] as string]);
  return new Map([...pairs(settings.servers, located.servers), ...pairs(settings.sentinels, located.sentinels)]);
}

/** What a certificate must be good for, now. */
export function demandsOf(settings: AgentSettings, { clients }: NonNullable<AgentSettings['tls']>): Demands {
  return { host: ownName(settings), asClient: clients !== 'none', now: Date.now() };
}

/** The name by which this pod is reached. */
export function ownName({ hasServer, servers, sentinels, ordinal }: AgentSettings): string {
  return withoutDot((hasServer ? servers : sentinels)[ordinal] as string);
}
