import { Duration } from 'cdk8s';
import { DRILL_LIMIT_SECONDS, DRILL_WRITERS } from './program/limits.js';

/** How hard a drill is. */
export interface DrillProps {
  /**
   * How long it may take from the first write until the topology is whole again; whole seconds, 10 s to 10 min. What is
   * not whole by then is unsound.
   * @default - of a switchover 1 minute: it takes a few seconds, or some twenty where a Sentinel has to try again. To
   * observe 5 minutes: somebody has to cause the failover first.
   */
  readonly limit?: Duration;
  /**
   * Clients that write at the same time, each 50 times a second at most; 1 to 8.
   * @default 4
   */
  readonly writers?: number;
}

/**
 * A failover tried out under load, after all checks found the topology sound. Several clients write to keys of their own,
 * and every write that was acknowledged is read back at the end: it tells how long no write was acknowledged, and which
 * writes were lost. It refuses to begin while a server or a Sentinel is missing.
 *
 * It moves the master of a running topology: its clients are reconnected once.
 */
export class Drill {
  /** The Job itself has the master switched, with writes paused, so that none may be lost. */
  static switchover(props: DrillProps = {}): Drill {
    return new Drill('switchover', props);
  }

  /** The Job waits for a failover that somebody else causes. Writes that no replica confirmed may be lost in it. */
  static observe(props: DrillProps = {}): Drill {
    return new Drill('observe', props);
  }

  /** The longest outage that is still sound. */
  readonly limit: Duration;
  /** How many clients write at the same time. */
  readonly writers: number;

  private constructor(
    readonly mode: 'switchover' | 'observe',
    props: DrillProps,
  ) {
    this.limit = props.limit ?? Duration.seconds(DRILL_LIMIT_SECONDS[mode]);
    this.writers = props.writers ?? DRILL_WRITERS.default;
  }
}
