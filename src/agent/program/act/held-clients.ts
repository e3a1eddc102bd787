/** A line of CLIENT LIST: the connection on which a Sentinel sends commands, blocked (`b`), as by a pause of writes. */
const HELD = /^id=(\d+) .*\bname=sentinel-\S*-cmd .*\bflags=\S*b/;

/** Out of CLIENT LIST, the ids of Sentinels' connections that are held. */
export function heldSentinels(list: string): string[] {
  return list.split('\n').flatMap((line) => HELD.exec(line)?.[1] ?? []);
}
