import { Duration } from 'cdk8s';
import { DRILL_LIMIT_BOUNDS, DRILL_LIMIT_SECONDS, DRILL_WRITERS } from './program/limits.js';
import type { VerificationHook } from './verification-hook.js';

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

  readonly limit: Duration;
  readonly writers: number;

  private constructor(
    readonly mode: 'switchover' | 'observe',
    props: DrillProps,
  ) {
    this.limit = props.limit ?? Duration.seconds(DRILL_LIMIT_SECONDS[mode]);
    this.writers = props.writers ?? DRILL_WRITERS.default;
  }
}

/** What is wrong with a drill: the path below the verification's options, and the rule in the usual form. */
export function drillFaults({ drill, hook }: { readonly drill?: Drill; readonly hook?: VerificationHook }) {
  const faults: { readonly path: readonly string[]; readonly message: string }[] = [];
  if (drill === undefined) return faults;
  const path = ['drill', drill.mode];
  const { least, most } = DRILL_LIMIT_BOUNDS;
  const limit = drill.limit.toMilliseconds({ integral: false }) / 1000;
  if (!Number.isInteger(limit) || limit < least || limit > most) {
    faults.push({
      path: [...path, 'limit'],
      message:
        `'limit' must be whole seconds from ${least} to ${most} s, since a sound topology needs some seconds to be whole again ` +
        `and what is written until then must fit into it, got ${limit} s: give it within these bounds, or leave it out for ` +
        `${DRILL_LIMIT_SECONDS[drill.mode]} s`,
    });
  }
  if (!Number.isInteger(drill.writers) || drill.writers < 1 || drill.writers > DRILL_WRITERS.most) {
    faults.push({
      path: [...path, 'writers'],
      message:
        `'writers' must be a whole number from 1 to ${DRILL_WRITERS.most}, since each is a client of the master and of every ` +
        `Sentinel, got ${drill.writers}: leave it out for ${DRILL_WRITERS.default}`,
    });
  }
  if (drill.mode === 'observe' && hook !== undefined) {
    faults.push({
      path,
      message:
        "'drill' must not be observe together with 'hook', since each deployment would wait for a failover that nobody " +
        "causes, and fail: give switchover, or drop 'hook'",
    });
  }
  return faults;
}
