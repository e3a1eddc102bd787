/** Longest time one network operation may take, connecting included; a server that is silent this long is a finding. */
export const OPERATION_TIMEOUT_MS = 3000;

/** How long WAIT lets the replicas acknowledge. On a sound topology they take a round trip: a few milliseconds. */
export const WAIT_TIMEOUT_MS = 2000;

/** Pause between two looks at a topology that is not ready. */
export const POLL_INTERVAL_MS = 500;

/** While waiting, what is still missing is said this often even if it stays the same. */
export const WAITING_NOTICE_MS = 15_000;

/** All checks after readiness together; they take well under two seconds where nothing hangs. */
export const CHECKS_TIMEOUT_MS = 60_000;

/** @default 300 s for the topology to become ready: images pulled, volumes attached, a first synchronisation. */
export const DEFAULT_READY_TIMEOUT_SECONDS = 300;
