import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './environment.js';
import type { Kubectl } from './kubectl.js';

/** What `cdk8s-redis-sentinel status` comes to, as a user runs it. */
export interface Told {
  readonly text: string;
  /** 0 sound, 1 not, 2 unknown. */
  readonly code: number | null;
  readonly ms: number;
}

export function statusOf(topology: string, { namespace }: Kubectl): Told {
  const began = performance.now();
  const words = [join(root, 'build/main.js'), 'status', topology, '-n', namespace];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  return { text: stdout + stderr, code: status, ms: performance.now() - began };
}
