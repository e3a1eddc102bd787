let next = 0;

/** A loopback address that no other test of this machine uses: by process, and counted within it. */
export function freshAddress(): string {
  next++;
  const place = (process.pid * 61 + next) % (200 * 250 * 250);
  return `127.${20 + (Math.floor(place / 62_500) % 200)}.${Math.floor(place / 250) % 250}.${1 + (place % 250)}`;
}
