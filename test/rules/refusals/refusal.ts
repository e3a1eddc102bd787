import type { RedisSentinelProps } from '../../../src/index.js';

/** One mistake in a topology that is otherwise right, and what is said of it. */
export interface Refusal {
  readonly fault: string;
  readonly props: RedisSentinelProps;
  readonly path: readonly (string | number)[];
  readonly says: string | RegExp;
}
