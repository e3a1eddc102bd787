import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isList, type Outcome, type Reply } from '../../client/outcome.js';
import { viewOf } from '../../client/sentinel.js';
import { readCertificate, TLS_FILES } from './certificate.js';
import {
  decideRenewal,
  newRenewalMemory,
  RENEWAL_LOOK_MS,
  type RenewalOrder,
  type SentinelCertificate,
} from './decide/renewal.js';
import type { Link } from './know/link.js';
import { Rhythm } from './know/rhythm.js';
import { runningCertificate, type Sentinels } from './know/sentinels.js';
import type { Servers } from './know/servers.js';
import { certificateFiles } from './render/listening.js';
import type { Surroundings } from './surroundings.js';
import { certificateIdIn, demandsOf, type Trust } from './trust.js';

const ASK_MS = 1000;
const DAY_MS = 86_400_000;
/** Whoever renews certificates does so weeks before; from here on it is worth a line a day. */
const WARN_MS = 14 * DAY_MS;

/** What /status and /metrics tell of the certificate. */
export interface CertificateStatus {
  readonly why: string;
  /** In UTC. */
  readonly expires: string;
  /** Until then. */
  readonly days: number;
  /** Why that of the mounted files is not taken. */
  readonly ignored?: string;
}

/** Follows the mounted certificate, and carries out what is decided (decide/renewal.ts). */
export class Renewal {
  private why = 'not looked at yet';
  private ignored?: string;
  private memory = newRenewalMemory();
  private readonly looks = new Rhythm(RENEWAL_LOOK_MS);
  private stamp = '';
  private warnedAt = -Infinity;
  private looking = false;
  private lookedAt = -Infinity;
  private server?: string;
  private seen: readonly SentinelCertificate[] = [];

  /** @param sentinelRuns whether that of this pod does */
  constructor(
    private readonly around: Surroundings,
    private readonly trust: Trust,
    private readonly servers: Servers,
    private readonly sentinels: Sentinels,
    private readonly sentinelRuns: () => boolean,
    private readonly endSentinel: () => void,
  ) {
    this.stamp = this.stampNow();
  }

  get status(): CertificateStatus {
    return {
      why: this.why,
      expires: new Date(this.trust.current.expiresAt).toISOString(),
      days: Math.floor(((this.trust.current.expiresAt - Date.now()) / DAY_MS) * 10) / 10,
      ...(this.ignored !== undefined && { ignored: this.ignored }),
    };
  }

  /** @returns when to look at it again */
  tend(now: number): number {
    if (this.looks.isUp(now)) {
      this.readFiles();
      this.warn(now);
      this.decide();
    }
    return this.looks.due;
  }

  private readFiles(): void {
    const stamp = this.stampNow();
    // One that is not valid yet will be, though nobody changes it.
    if (stamp === this.stamp && this.ignored === undefined) return;
    this.stamp = stamp;
    const { settings, say } = this.around;
    const { tls } = settings;
    if (!tls) return;
    const { value, fault } = readCertificate(tls.dir, demandsOf(settings, tls));
    if (!value) {
      if (fault !== this.ignored) say(`certificate-ignored reason=${fault}; the one of before stays in force`);
      this.ignored = fault;
      return;
    }
    this.ignored = undefined;
    if (value.id === this.trust.current.id) return;
    try {
      this.trust.putInForce(value);
      say(`certificate-renewed id=${value.id} expires=${new Date(value.expiresAt).toISOString()}`);
    } catch (error) {
      this.stamp = '';
      say(`error certificate: ${(error as Error).message}`);
    }
  }

  private warn(now: number): void {
    const { expiresAt } = this.trust.current;
    const leftMs = expiresAt - Date.now();
    if (leftMs > WARN_MS || now - this.warnedAt < DAY_MS) return;
    this.warnedAt = now;
    const days = (leftMs / DAY_MS).toFixed(1);
    this.around.say(`certificate-ends days=${days} expires=${new Date(expiresAt).toISOString()}`);
  }

  private decide(): void {
    const { plan, clock, say } = this.around;
    const own = plan.hasSentinel && this.sentinelRuns() ? plan.sentinels.indexOf(plan.nearest) : undefined;
    const step = decideRenewal(
      {
        now: clock.now(),
        current: this.trust.current.id,
        lookedAt: this.lookedAt,
        server: this.server,
        hasServer: plan.hasServer,
        sentinels: this.seen,
        own,
        tellsAddresses: own !== undefined && this.tellsAddresses(),
      },
      this.memory,
    );
    this.memory = step.memory;
    this.why = step.why;
    for (const line of step.say) say(line);
    for (const order of step.orders) this.carryOut(order);
  }

  /** Of a member, where the plan has names. */
  private tellsAddresses(): boolean {
    const { plan, forms } = this.around;
    const { told, toldReplicas = [] } = this.sentinels.seen.get(plan.nearest) ?? {};
    const all = told === undefined ? toldReplicas : [told, ...toldReplicas];
    return all.some((one) => isIP(one) !== 0 && isIP(forms.canonical(one)) === 0);
  }

  private carryOut(order: RenewalOrder): void {
    if (order.do === 'load') this.load();
    else if (order.do === 'end-sentinel') this.endSentinel();
    else void this.look();
  }

  /** All three at once: the server takes them together, or stays with those that it has. */
  private load(): void {
    const { plan, say } = this.around;
    const files = Object.entries(certificateFiles(this.trust.config.dir)).flat();
    this.servers.target(plan.me)?.link.ask(
      ['CONFIG', 'SET', ...files],
      ({ kind, ...rest }) => {
        if (kind === 'error')
          say(`error the server does not take the new certificate: ${'message' in rest ? rest.message : ''}`);
      },
      ASK_MS,
    );
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const { plan, settings } = this.around;
    const askedAt = this.around.clock.now();
    const [server, ...seen] = await Promise.all([
      this.askServer(),
      ...plan.sentinels.map((one) => this.askSentinel(one)),
    ]);
    this.looking = false;
    this.server = server;
    this.seen = seen;
    if (plan.hasSentinel) {
      // What its file says is certain, whoever is connected to it.
      const id = runningCertificate(settings.dataDir);
      this.seen = seen.map((one, place) => (place === plan.sentinels.indexOf(plan.nearest) ? { ...one, id } : one));
    }
    this.lookedAt = askedAt;
  }

  private async askServer(): Promise<string | undefined> {
    const { plan } = this.around;
    const link = plan.hasServer ? this.servers.target(plan.me)?.link : undefined;
    const reply = link && (await answer(link, ['CONFIG', 'GET', 'tls-cert-file']));
    return isList(reply ?? null) ? certificateIdIn(String((reply as unknown[])[1])) : undefined;
  }

  private async askSentinel(address: string): Promise<SentinelCertificate> {
    const link = this.sentinels.target(address)?.link;
    if (!link) return { address, whole: false };
    const [master, clients] = await Promise.all([
      outcome(link, ['SENTINEL', 'MASTER', this.around.settings.masterName]),
      answer(link, ['CLIENT', 'LIST']),
    ]);
    if (master.kind === 'untrusted') return { address, whole: false, untrusted: true };
    const { id, flags } = viewOf(master.kind === 'reply' ? master.reply : null).master;
    // The name that the agent of that pod gives its connection (know/sentinels.ts).
    const told = /\bname=agent-tls\.([0-9a-f]{16})\b/.exec(String(clients));
    return { address, id: told?.[1], whole: id !== '' && flags.join(',') === 'master' };
  }

  private stampNow(): string {
    const dir = this.around.settings.tls?.dir ?? '';
    return Object.values(TLS_FILES)
      .map((name) => {
        const file = statSync(join(dir, name), { throwIfNoEntry: false });
        return file ? `${file.ino}:${file.mtimeMs}` : '-';
      })
      .join(' ');
  }
}

async function answer(link: Link, command: readonly string[]): Promise<Reply | undefined> {
  const told = await outcome(link, command);
  return told.kind === 'reply' ? told.reply : undefined;
}

function outcome(link: Link, command: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => link.ask(command, resolve, ASK_MS));
}
