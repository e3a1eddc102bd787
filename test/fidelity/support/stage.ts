/** What is done to a master (server 0), its replicas and their Sentinels: by real engines, and by their models. */
export interface Stage {
  /** SIGKILL */
  kill(server: number): void;
  /** SIGSTOP and SIGCONT */
  stop(server: number): void;
  goOn(server: number): void;
  /** REPLICAOF; without a master, NO ONE */
  follow(server: number, master?: number): void;
  /** CLIENT PAUSE … WRITE */
  pause(server: number, ms: number): void;
  /** Asks all Sentinels to vote for someone who is no Sentinel. */
  askVotes(epoch: number): void;
  /** Tells all Sentinels that this server is master in that epoch. */
  announce(master: number, epoch: number): void;
  stopSentinel(sentinel: number): void;
  goOnSentinel(sentinel: number): void;
  /** One write, with WAIT 1 for up to 200 ms behind it: `OK n`, or the first word of the error. */
  write(server: number): void;
}

/** What was seen: an event of a Sentinel about the master, or the answer to a write. */
export interface Seen {
  /** ms since the first step */
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/** A scenario: what is done when, in ms. */
export interface Scenario {
  readonly servers: number;
  readonly sentinels: number;
  readonly steps: readonly { readonly at: number; readonly act: (stage: Stage) => void }[];
  readonly lasts: number;
}

/** As sentinel.conf, redis.conf and SENTINEL DEBUG set them, ms; shorter than in the product where the test would only wait. */
export const TIMES = {
  downAfter: 1000,
  failoverTimeout: 3000,
  tiltPeriod: 3000,
  infoPeriod: 1000,
  askPeriod: 500,
  pingPeriod: 500,
  maxLag: 2000,
} as const;

/** Events that both tell of. */
export const EVENTS = [
  '+sdown',
  '-sdown',
  '+odown',
  '+try-failover',
  '+vote-for-leader',
  '+elected-leader',
  '+selected-slave',
  '+promoted-slave',
  '+switch-master',
  '-failover-abort-no-good-slave',
  '+tilt',
  '-tilt',
] as const;

/** When that was first seen, by anybody or by one; undefined where never. */
export function first(seen: readonly Seen[], what: string, who?: string): number | undefined {
  return seen.find((event) => event.what === what && (who === undefined || event.who === who))?.at;
}

/** When it was last seen for the first time by somebody: by then all have seen it. */
export function byAll(seen: readonly Seen[], what: string): number | undefined {
  const times = new Map<string, number>();
  for (const event of seen) if (event.what === what && !times.has(event.who)) times.set(event.who, event.at);
  return times.size === 0 ? undefined : Math.max(...times.values());
}

/** What one Sentinel has gone through, each step once. */
export function course(seen: readonly Seen[], who: string): string[] {
  const result: string[] = [];
  for (const event of seen) if (event.who === who && !result.includes(event.what)) result.push(event.what);
  return result;
}

/** Who was elected. */
export function leader(seen: readonly Seen[]): string {
  return seen.find(({ what }) => what === '+elected-leader')?.who ?? 'nobody';
}
