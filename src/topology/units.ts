import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/** Bytes of a size; a fraction of a byte is dropped. */
export function bytes(size: Size): number {
  return Math.floor(size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024);
}

/** Milliseconds of a duration. */
export function milliseconds(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}

/** Seconds of a duration, with their fraction. */
export function seconds(duration: Duration): number {
  return milliseconds(duration) / 1000;
}
