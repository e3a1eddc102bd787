import { agentKeys } from '../accounts.js';
import type { Surroundings } from '../surroundings.js';
import { Link } from './link.js';

/** What changes who is master, or may be about to. */
const CHANNELS = [
  '+switch-master',
  '+sdown',
  '-sdown',
  '+odown',
  '-odown',
  '+try-failover',
  '+promoted-slave',
  '+failover-end',
  '+failover-state-reconf-slaves',
];

/** Between two attempts to connect, ms. */
const RECONNECT_MS = 1000;
/** So often it is found out whether the connection still stands, ms: only another pod's Sentinel can be cut off. */
const PING_MS = 10_000;

/**
 * A subscription to the nearest Sentinel: it tells of a switch at once. Only a hint to ask sooner; what is known is what is
 * answered, and polling is the safety net.
 */
export class SentinelEvents {
  private readonly link: Link;
  private attemptAt = -Infinity;
  private pinging = false;

  constructor(
    { settings, plan, sentinelPasswords, reach, clock }: Surroundings,
    private readonly told: () => void,
  ) {
    this.link = new Link({
      host: plan.hasSentinel ? settings.local : plan.nearest,
      port: settings.sentinelPort,
      keys: agentKeys(settings, sentinelPasswords),
      reach,
      now: () => clock.now(),
      setup: [['SUBSCRIBE', ...CHANNELS]],
      onPush: () => this.told(),
    });
  }

  /** @returns when to look at it again */
  tend(now: number): number {
    const pause = this.link.standingSince === undefined ? RECONNECT_MS : PING_MS;
    if (now < this.attemptAt + pause) return this.attemptAt + pause;
    if (this.pinging) this.link.giveUp();
    this.attemptAt = now;
    this.pinging = true;
    this.link.ask(['PING'], () => {
      this.pinging = false;
    });
    return now + pause;
  }
}
