import type { Duration } from 'cdk8s';
import type { Drill } from './drill.js';
import { DRILL_LIMIT_BOUNDS, DRILL_LIMIT_SECONDS, DRILL_WRITERS } from './program/limits.js';
import type { VerificationHook } from './verification-hook.js';

/** What may be wrong with a verification. */
export interface Verifiable {
  readonly drill?: Drill;
  readonly hook?: VerificationHook;
  readonly readyTimeout?: Duration;
  readonly ttl?: Duration;
}

export interface VerificationFault {
  /** Below the verification's options. */
  readonly path: readonly string[];
  /** The rule in the usual form. */
  readonly message: string;
}

export function* verificationFaults(options: Verifiable): Generator<VerificationFault> {
  yield* wholeSeconds('readyTimeout', options.readyTimeout, 1, 'the Job waits so long for the topology', '5m');
  yield* wholeSeconds('ttl', options.ttl, 0, 'Kubernetes counts in them', '1h');
  if (options.drill) yield* drillFaults(options.drill, options.hook);
}

function* wholeSeconds(
  prop: string,
  duration: Duration | undefined,
  least: number,
  why: string,
  example: string,
): Generator<VerificationFault> {
  if (duration === undefined) return;
  const seconds = duration.toMilliseconds({ integral: false }) / 1000;
  if (Number.isInteger(seconds) && seconds >= least) return;
  yield {
    path: [prop],
    message: `'${prop}' must be whole seconds, at least ${least}, since ${why}, got ${seconds} s: give ${example}, or leave it out`,
  };
}

function* drillFaults(drill: Drill, hook: VerificationHook | undefined): Generator<VerificationFault> {
  const path = ['drill', drill.mode];
  const { least, most } = DRILL_LIMIT_BOUNDS;
  const limit = drill.limit.toMilliseconds({ integral: false }) / 1000;
  if (!Number.isInteger(limit) || limit < least || limit > most) {
    yield {
      path: [...path, 'limit'],
      message:
        `'limit' must be whole seconds from ${least} to ${most} s, since a sound topology needs some seconds to be whole again ` +
        `and what is written until then must fit into it, got ${limit} s: give it within these bounds, or leave it out for ` +
        `${DRILL_LIMIT_SECONDS[drill.mode]} s`,
    };
  }
  if (!Number.isInteger(drill.writers) || drill.writers < 1 || drill.writers > DRILL_WRITERS.most) {
    yield {
      path: [...path, 'writers'],
      message:
        `'writers' must be a whole number from 1 to ${DRILL_WRITERS.most}, since each is a client of the master and of every ` +
        `Sentinel, got ${drill.writers}: leave it out for ${DRILL_WRITERS.default}`,
    };
  }
  if (drill.mode === 'observe' && hook !== undefined) {
    yield {
      path,
      message:
        "'drill' must not be observe together with 'hook', since each deployment would wait for a failover that nobody " +
        "causes, and fail: give switchover, or drop 'hook'",
    };
  }
}
