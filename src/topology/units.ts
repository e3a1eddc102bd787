import type { Duration } from 'cdk8s';

export { bytes } from '../kube/bytes.js';

/** Milliseconds of a duration. */
export function milliseconds(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}

/** Seconds of a duration, with their fraction. */
export function seconds(duration: Duration): number {
  return milliseconds(duration) / 1000;
}
