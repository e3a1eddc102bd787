import type { EngineProcess } from '../decide/known.js';
import type { Surroundings } from '../surroundings.js';
import { OWN_LEAST_PAUSE_MS, ownServerPause } from './pauses.js';
import { type ServerState, serverLink, serverQuestions } from './servers.js';
import { type MutableSeen, Target } from './target.js';

/** How long WAIT waits, ms: a healthy replica confirms within a millisecond or two. */
const CONFIRM_MS = 100;
export const CONFIRM_CHANNEL = 'agent:confirm';

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
  private process: EngineProcess = { state: 'absent', since: -Infinity };
  private goneSince?: number;

  constructor(
    around: Surroundings,
    private readonly seen: ServerState,
  ) {
    const { settings, plan } = around;
    const common = {
      standingOnly: true,
      reconnectPause: (now: number) => ownServerPause(this.process, this.goneSince, now),
      changed: () => around.changed(),
      unchanged: () => around.unchanged(),
    };
    this.watch = new Target({
      ...common,
      seen,
      link: serverLink(around, settings.local, 'watch'),
      questions: serverQuestions(seen, around.forms, OWN_LEAST_PAUSE_MS),
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
  does({ state, since }: EngineProcess): void {
    if (state !== this.process.state && state === 'running') this.confirmed = undefined;
    // A copy: what is given changes.
    this.process = { state, since };
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
}
