// idle/speed: exit status 0 on a machine that is slow at the moment, 1 on one that is not.
import { SLOW_MS, yardstick } from '../yardstick.js';

export async function main(): Promise<number> {
  return Number(yardstick() <= SLOW_MS);
}
