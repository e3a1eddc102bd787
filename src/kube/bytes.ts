import { type Size, SizeRoundingBehavior } from 'cdk8s';

/** Bytes of a size; a fraction of a byte is dropped. */
export function bytes(size: Size): number {
  return Math.floor(size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024);
}
