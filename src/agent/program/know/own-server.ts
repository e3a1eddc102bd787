import type { Surroundings } from '../surroundings.js';
import { type ServerState, serverLink, serverQuestions } from './servers.js';
import { type MutableSeen, Target } from './target.js';

/** How long WAIT waits, ms: a healthy replica confirms within a millisecond or two. */
const CONFIRM_MS = 100;
export const CONFIRM_CHANNEL = 'agent:confirm';
/** So that the others, who are asked after it, have the time to answer, ms. */
const LEAST_PAUSE_MS = 10;

/** The pauses between two attempts to connect, ms. Its end, and its return, are known at once. */
const STARTED_PAUSE_MS = 5;
const GONE_PAUSE_MS = 50;
const LONG_GONE_PAUSE_MS = 200;
const WAITING_PAUSE_MS = 500;
/** How long it counts as just started, or just gone, ms. */
const JUST_STARTED_MS = 1000;
const JUST_GONE_MS = 1000;

/**
 * The server of this pod. It is asked on two standing connections: on one what it is, and on the other whether its replicas
 * confirm, since a pause of writes holds that one up.
 */
export class OwnServer {
  readonly watch: Target;
  /** The newest finished round of PUBLISH and WAIT. */
  confirmed?: { readonly askedAt: number; readonly replicas: number };
  private readonly confirm: Target;
  private readonly confirmSeen: MutableSeen = { contact: 'unknown', askedAt: -Infinity };
  private state: 'absent' | 'waiting' | 'running' = 'absent';
  private stateSince = -Infinity;
  private goneSince?: number;

  constructor(
    around: Surroundings,
    private readonly seen: ServerState,
  ) {
    const { settings, plan } = around;
    const common = {
      standingOnly: true,
      reconnectPause: (now: number) => this.pause(now),
      changed: () => around.changed(),
      unchanged: () => around.unchanged(),
    };
    this.watch = new Target({
      ...common,
      seen,
      link: serverLink(around, settings.local, 'watch'),
      questions: serverQuestions(seen, LEAST_PAUSE_MS),
      onLost: () => {
        // Was it the connection's end, or the server's? Asked at once.
        this.watch.expire('info');
        around.changed();
      },
    });
    this.confirm = new Target({
      ...common,
      seen: this.confirmSeen,
      link: serverLink(around, settings.local, 'confirm'),
      questions: {
        confirm: {
          // WAIT waits for the last thing that this very connection has sent on to the replicas, so it sends them a message
          // first, which changes no data; with anything less the answers of long ago count.
          unanswered: ['PUBLISH', CONFIRM_CHANNEL, '?'],
          commands: () => [['WAIT', String(plan.minReplicas), String(CONFIRM_MS)]],
          take: (reply, askedAt) => {
            if (typeof reply !== 'number') return false;
            const isSame = reply === this.confirmed?.replicas && reply >= plan.minReplicas;
            this.confirmed = { askedAt, replicas: reply };
            return isSame ? 'same' : true;
          },
        },
      },
    });
  }

  /** Since when PUBLISH and WAIT are open. */
  get confirmPendingSince(): number | undefined {
    return this.confirmSeen.pendingSince;
  }

  /** A question to it is open, on a connection that stands. */
  get awaits(): boolean {
    return this.seen.pendingSince !== undefined || this.confirmSeen.pendingSince !== undefined;
  }

  /** What its container does. */
  isIn(state: 'absent' | 'waiting' | 'running', since: number): void {
    if (state !== this.state && state === 'running') this.confirmed = undefined;
    this.state = state;
    this.stateSince = since;
  }

  /** @param age of INFO; @param confirmAge of PUBLISH and WAIT; undefined: they are not needed */
  want(age: number | undefined, confirmAge: number | undefined, now: number): number {
    // Where nothing listens, the pause between two attempts is the only limit.
    const standing = this.watch.link.standingSince !== undefined;
    let next = Number.POSITIVE_INFINITY;
    if (age !== undefined) next = this.watch.want('info', standing ? age : 0, now);
    if (confirmAge !== undefined && standing) next = Math.min(next, this.confirm.want('confirm', confirmAge, now));
    return next;
  }

  tend(now: number): number {
    if (this.seen.contact !== 'refused') this.goneSince = undefined;
    else this.goneSince ??= now;
    return Math.min(this.watch.tend(now), this.confirm.tend(now));
  }

  private pause(now: number): number {
    if (this.state === 'waiting') return WAITING_PAUSE_MS;
    if (this.state === 'running' && now - this.stateSince < JUST_STARTED_MS) return STARTED_PAUSE_MS;
    return this.goneSince === undefined || now - this.goneSince < JUST_GONE_MS ? GONE_PAUSE_MS : LONG_GONE_PAUSE_MS;
  }
}
