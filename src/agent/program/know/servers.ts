import { serverInfo } from '../../../client/info.js';
import { isList } from '../../../client/outcome.js';
import { agentKeys } from '../accounts.js';
import type { Address, ServerSeen } from '../decide/known.js';
import { saysTheSame } from '../decide/news.js';
import type { Needs } from '../decide/orders.js';
import type { Forms } from '../forms.js';
import { parsePosition } from '../render/redis-conf.js';
import type { Surroundings } from '../surroundings.js';
import type { LinkProps } from './link.js';
import { OwnServer } from './own-server.js';
import { type Question, Target } from './target.js';

/** What is known of a server, in a form that changes. */
export type ServerState = { -readonly [K in keyof ServerSeen]: ServerSeen[K] };

/** Where a candidate's position is, for all to read; it means nothing without Redis Cluster. */
export const POSITION_SETTING = 'cluster-announce-hostname';

/** What the servers say. */
export class Servers {
  readonly seen = new Map<Address, ServerState>();
  readonly own?: OwnServer;
  private readonly targets = new Map<Address, Target>();

  constructor(around: Surroundings) {
    const { plan } = around;
    for (const address of plan.servers) {
      const seen: ServerState = { contact: 'unknown', askedAt: -Infinity, infoAt: -Infinity, positionAt: -Infinity };
      this.seen.set(address, seen);
      if (plan.hasServer && address === plan.me) {
        this.own = new OwnServer(around, seen);
        this.targets.set(address, this.own.watch);
      } else {
        const link = serverLink(around, address, 'peer');
        const told = { changed: () => around.changed(), unchanged: () => around.unchanged() };
        this.targets.set(address, new Target({ seen, link, questions: serverQuestions(seen, around.forms), ...told }));
      }
    }
  }

  /** For orders. */
  target(address: Address): Target | undefined {
    return this.targets.get(address);
  }

  /** Asks for what is needed. @returns when to look at it again */
  want({ own, servers, positions, confirmed }: Needs, now: number): number {
    let next = this.own?.want(own, confirmed, now) ?? Number.POSITIVE_INFINITY;
    for (const target of this.targets.values()) {
      if (servers !== undefined && target !== this.own?.watch) next = Math.min(next, target.want('info', servers, now));
      if (positions !== undefined) next = Math.min(next, target.want('position', positions, now));
    }
    return next;
  }

  /** @returns when to look at it again */
  tend(now: number): number {
    let next = this.own?.tend(now) ?? Number.POSITIVE_INFINITY;
    for (const target of this.targets.values()) if (target !== this.own?.watch) next = Math.min(next, target.tend(now));
    return next;
  }
}

/**
 * The agent's connections are few and must stay: `maxmemory-clients` is not to evict them. Their name is for a person who
 * looks at CLIENT LIST.
 */
export function serverLink({ settings, passwords, reach, clock }: Surroundings, host: string, name: string): LinkProps {
  const setup = [
    ['CLIENT', 'NO-EVICT', 'ON'],
    ['CLIENT', 'SETNAME', `agent-${name}`],
  ];
  const keys = agentKeys(settings, passwords);
  return { host, port: settings.redisPort, keys, reach, now: () => clock.now(), setup };
}

export function serverQuestions(
  seen: ServerState,
  { canonical }: Forms,
  leastPause?: number,
): Record<string, Question> {
  return {
    info: {
      commands: () => [['INFO', 'replication', 'persistence']],
      leastPause,
      take: (reply, askedAt) => {
        const told = typeof reply === 'string' ? serverInfo(reply) : undefined;
        if (!told) return false;
        const replicas = told.replicas.map((one) => ({ ...one, address: canonical(one.address) }));
        const info = { ...told, master: canonical(told.master), replicas };
        const isSame = saysTheSame(info, seen.info);
        seen.info = info;
        seen.infoAt = askedAt;
        return isSame ? 'same' : true;
      },
    },
    position: {
      commands: () => [['CONFIG', 'GET', POSITION_SETTING]],
      take: (reply, askedAt) => {
        if (!isList(reply)) return false;
        seen.position = parsePosition(String(reply[1] ?? ''));
        seen.positionAt = askedAt;
        return true;
      },
    },
  };
}
