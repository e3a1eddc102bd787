import { spawnSync } from 'node:child_process';

/** Node signs no certificates: tests that need one are skipped where `openssl` is not to be had. */
export function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}
