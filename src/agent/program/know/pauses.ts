import type { EngineProcess } from '../decide/known.js';

/** The own server's least pause between two questions, so that the others, who are asked after it, have the time to answer, ms. */
export const OWN_LEAST_PAUSE_MS = 10;
/** Between two attempts to connect to the own Sentinel, ms: it costs next to nothing, and all wait for it when a pod starts. */
export const OWN_SENTINEL_PAUSE_MS = 50;

/** The same to the own server, ms. Its end, and its return, are known at once. */
const STARTED_PAUSE_MS = 10;
const GONE_PAUSE_MS = 50;
const LONG_GONE_PAUSE_MS = 200;
const WAITING_PAUSE_MS = 500;
/** How long it counts as just started, or just gone, ms. */
const JUST_STARTED_MS = 2000;
const JUST_GONE_MS = 1000;

/** @param goneSince since when it has refused connections; undefined: it does not */
export function ownServerPause({ state, since }: EngineProcess, goneSince: number | undefined, now: number): number {
  if (state === 'waiting') return WAITING_PAUSE_MS;
  if (state === 'running' && now - since < JUST_STARTED_MS) return STARTED_PAUSE_MS;
  return goneSince === undefined || now - goneSince < JUST_GONE_MS ? GONE_PAUSE_MS : LONG_GONE_PAUSE_MS;
}
