/** Compares number by number: `8.10.0` is newer than `8.9.1`. A suffix as in `8.2.2-alpine` does not count. */
export function isAtLeast(version: string, other: string): boolean {
  const mine = numbers(version);
  const theirs = numbers(other);
  for (let i = 0; i < 3; i++) {
    const difference = (mine[i] ?? 0) - (theirs[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The version in what `redis-server --version` says: `Redis server v=8.0.2 sha=…`; undefined in anything else. */
export function versionIn(line: string): string | undefined {
  return /\bv=(\d\S*)/.exec(line)?.[1];
}

function numbers(version: string): number[] {
  return version.split('-', 1).join().split('.').map(Number);
}
