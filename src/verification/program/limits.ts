/** Longest time one network operation may take, connecting included; a server that is silent this long is a finding. */
export const OPERATION_TIMEOUT_MS = 3000;

/** How long WAIT lets the replicas acknowledge. On a sound topology they take a round trip: a few milliseconds. */
export const WAIT_TIMEOUT_MS = 2000;

/** Pause between two looks at a topology that is not ready. */
export const POLL_INTERVAL_MS = 500;

/**
 * For how long the checks look again at what is unsettled. The agents may have a Sentinel make its links anew at any time,
 * which takes a tenth of a second; and a Sentinel looks at each of them once a second.
 */
export const SETTLE_MS = 2000;

/** While waiting, what is still missing is said this often even if it stays the same. */
export const WAITING_NOTICE_MS = 15_000;

/** All checks after readiness together; they take well under two seconds where nothing hangs. */
export const CHECKS_TIMEOUT_MS = 60_000;

/** @default 300 s for the topology to become ready: images pulled, volumes attached, a first synchronisation. */
export const DEFAULT_READY_TIMEOUT_SECONDS = 300;

/** A certificate that ends sooner is one that nobody has renewed: cert-manager does so when a third of the time is left. */
export const LEAST_VALIDITY_DAYS = 7;

/**
 * How long a drill may take, from its first write until the topology is whole again. A switch takes a second or two, and
 * one that has to be asked for again some twenty; one that is waited for has to be caused by somebody first.
 */
export const DRILL_LIMIT_SECONDS = { switchover: 60, observe: 300 } as const;

/** Below it a sound topology may not be whole in time; beyond it too many keys would be written. */
export const DRILL_LIMIT_BOUNDS = { least: 10, most: 600 } as const;

/** How many writers a drill has, and may have: each holds connections to the master and to every Sentinel. */
export const DRILL_WRITERS = { default: 4, most: 8 } as const;

/** Writes a second of each writer, at most: with four of them an outage is seen to 5 ms. */
export const DRILL_RATE = 50;

/** Pause between two looks during a drill: how exactly it is known when the topology was whole. */
export const DRILL_LOOK_MS = 200;

/** All writes of a drill together, at most: some 10 MB in Redis. A long limit is reached with a lower rate. */
export const DRILL_WRITES = 60_000;

/** How long a drill waits for each of these; see drill.ts and switchover.ts. */
export const DRILL_STEPS_MS = {
  /** Until replicas may be promoted: their agents see to it within a second or two, and Sentinels look every 10 s. */
  promotable: 15_000,
  /** Until each writer has had its first acknowledgement. */
  flowing: 10_000,
  /** Load before the switch and after the topology is whole. */
  steady: 1000,
  /** Until the Sentinel that was asked has promoted a replica, or given up. */
  promoted: 15_000,
  /** Until all keys are read back, and deleted. */
  readBack: 30_000,
} as const;

/** What a drill may take beside its limit. */
export const DRILL_ALLOWANCE_MS =
  DRILL_STEPS_MS.promotable + DRILL_STEPS_MS.flowing + DRILL_STEPS_MS.promoted + 2 * DRILL_STEPS_MS.readBack;
