import { join } from 'node:path';
import { parseInfo } from '../../../client/info.js';
import { isList, type Reply } from '../../../client/outcome.js';
import { namedAddress, replicaPeers, viewOf } from '../../../client/sentinel.js';
import { agentKeys } from '../accounts.js';
import type { Address, Known, SentinelSeen } from '../decide/known.js';
import { namesTheSame } from '../decide/news.js';
import type { Needs } from '../decide/orders.js';
import { SPINS_PERCENT } from '../decide/spinning.js';
import { readText } from '../files.js';
import type { Surroundings } from '../surroundings.js';
import { certificateIdIn } from '../trust.js';
import { OWN_SENTINEL_PAUSE_MS } from './pauses.js';
import { type Question, Target } from './target.js';

/** What is known of a Sentinel, in a form that changes. */
export type SentinelState = { -readonly [K in keyof SentinelSeen]: SentinelSeen[K] } & {
  /** The master, in the very form that it said last. */
  told?: string;
  /** The replicas likewise. */
  toldReplicas?: readonly string[];
};

/** What the Sentinels say. */
export class Sentinels {
  readonly seen = new Map<Address, SentinelState>();
  /** Of the own Sentinel. */
  cpu?: Known['sentinelCpu'];
  private readonly targets = new Map<Address, Target>();
  private cpuBefore?: { readonly realAt: number; readonly ms: number };

  constructor(private readonly around: Surroundings) {
    const { plan, settings, sentinelPasswords, trust, reach, clock } = around;
    for (const address of plan.sentinels) {
      const seen: SentinelState = { contact: 'unknown', askedAt: -Infinity, viewAt: -Infinity, replicasAt: -Infinity };
      this.seen.set(address, seen);
      const isOwn = plan.hasSentinel && address === plan.nearest;
      const target = new Target({
        seen,
        link: {
          host: isOwn ? settings.local : address,
          port: settings.sentinelPort,
          keys: agentKeys(settings, sentinelPasswords),
          reach,
          now: () => clock.now(),
          setup: trust && isOwn ? () => tellCertificate(settings.dataDir) : undefined,
          onReady: isOwn ? () => this.setDebug() : undefined,
        },
        questions: this.questions(seen, isOwn),
        reconnectPause: isOwn ? () => OWN_SENTINEL_PAUSE_MS : undefined,
        changed: () => around.changed(),
        unchanged: () => around.unchanged(),
      });
      this.targets.set(address, target);
    }
  }

  /** For orders. */
  target(address: Address): Target | undefined {
    return this.targets.get(address);
  }

  /** An event came: the nearest one is asked at once. */
  expireNearest(): void {
    this.targets.get(this.around.plan.nearest)?.expire('view');
    this.around.changed();
  }

  /** Asks for what is needed. @returns when to look at it again */
  want(needs: Needs, now: number): number {
    let next = Number.POSITIVE_INFINITY;
    const { plan } = this.around;
    for (const [address, target] of this.targets) {
      const isNearest = address === plan.nearest;
      const wanted = isNearest ? least(needs.nearest, needs.sentinels) : needs.sentinels;
      // One that is just starting is asked as soon as it listens.
      const view =
        wanted !== undefined && isNearest && plan.hasSentinel && target.link.standingSince === undefined ? 0 : wanted;
      const replicas = isNearest ? least(needs.replicas, needs.allReplicas) : needs.allReplicas;
      if (view !== undefined) next = Math.min(next, target.want('view', view, now));
      if (replicas !== undefined) next = Math.min(next, target.want('replicas', replicas, now));
      if (isNearest && plan.hasSentinel && needs.cpu !== undefined)
        next = Math.min(next, target.want('cpu', needs.cpu, now));
    }
    return next;
  }

  /** @returns when to look at it again */
  tend(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const target of this.targets.values()) next = Math.min(next, target.tend(now));
    return next;
  }

  private questions(seen: SentinelState, isOwn: boolean): Record<string, Question> {
    const { masterName } = this.around.settings;
    const { canonical } = this.around.forms;
    const askView = ['SENTINEL', 'MASTER', masterName];
    // At the end of a failover, SENTINEL MASTER already gives the new master's epoch, with the old master's address.
    const askName = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName];
    let inFailover = false;
    return {
      view: {
        commands: () => (inFailover ? [askName, askView] : [askView]),
        take: (reply, askedAt, [address]) => {
          const { master, configEpoch, failoverState, heardMs } = viewOf(reply);
          if (master.host === '') return false;
          const has = (flag: string) => master.flags.includes(flag);
          const isAsked = inFailover;
          inFailover = has('failover_in_progress');
          if (inFailover && !isAsked) return 'again';
          seen.told = namedAddress(address ?? null)?.host ?? master.host;
          const view = {
            master: canonical(seen.told),
            epoch: configEpoch,
            subjectivelyDown: has('s_down'),
            objectivelyDown: has('o_down'),
            failoverInProgress: has('failover_in_progress'),
            elected: has('failover_in_progress') && failoverState !== 'wait_start',
            met: master.id !== '',
            heardMs,
            hasLinkedReplica: seen.view?.hasLinkedReplica,
          };
          const isSame = namesTheSame(view, seen.view);
          seen.view = view;
          seen.viewAt = askedAt;
          return isSame ? 'same' : true;
        },
      },
      replicas: {
        commands: () => [['SENTINEL', 'REPLICAS', masterName]],
        take: (reply, askedAt) => {
          if (!isList(reply)) return false;
          const peers = replicaPeers(reply);
          seen.toldReplicas = peers.map(({ host }) => host);
          seen.replicas = new Map(peers.map(({ host, flags }) => [canonical(host), flags.join(',')]));
          seen.replicasAt = askedAt;
          if (isOwn && seen.view) seen.view = { ...seen.view, hasLinkedReplica: peers.some(({ linkUp }) => linkUp) };
          return true;
        },
      },
      ...(isOwn && { cpu: { commands: () => [['INFO', 'cpu']], take: (reply) => this.takeCpu(reply) } }),
    };
  }

  /** In memory only, so set with each new connection: after a Sentinel's start, and after the agent's. */
  private setDebug(): void {
    const { settings, plan, sentinelPasswords, say } = this.around;
    const { sentinelDebug } = settings;
    this.targets.get(plan.nearest)?.link.ask(['SENTINEL', 'DEBUG', ...sentinelDebug], (outcome) => {
      if (outcome.kind !== 'error') return;
      say(
        `error SENTINEL DEBUG ${sentinelDebug.join(' ')} was refused: ${sentinelPasswords.redacted(outcome.message)}`,
      );
    });
  }

  private takeCpu(reply: Reply): boolean | 'same' {
    const info = parseInfo(typeof reply === 'string' ? reply : '');
    const seconds = Number(info.get('used_cpu_sys')) + Number(info.get('used_cpu_user'));
    if (!Number.isFinite(seconds)) return false;
    const { clock } = this.around;
    const realAt = clock.realNow();
    const before = this.cpuBefore;
    this.cpuBefore = { realAt, ms: seconds * 1000 };
    // A Sentinel that was started since has used less.
    if (before && this.cpuBefore.ms >= before.ms && realAt > before.realAt) {
      this.cpu = { at: clock.now(), percent: ((this.cpuBefore.ms - before.ms) / (realAt - before.realAt)) * 100 };
    }
    return this.cpu !== undefined && this.cpu.percent < SPINS_PERCENT ? 'same' : true;
  }
}

/** With which certificate the Sentinel of this pod was started; it cannot load another. */
export function runningCertificate(dataDir: string): string | undefined {
  const text = readText(join(dataDir, 'sentinel', 'sentinel.conf')) ?? '';
  return certificateIdIn(/^tls-cert-file .*$/m.exec(text)?.[0] ?? '');
}

/** As the name of the connection, where the agents of the other pods see it (renewal.ts). */
function tellCertificate(dataDir: string): string[][] {
  const id = runningCertificate(dataDir);
  return id === undefined ? [] : [['CLIENT', 'SETNAME', `agent-tls.${id}`]];
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
