import type { Events, Timer } from './events.js';
import { type Channel, COMMANDS, type Network, REPLICATION } from './network.js';

/** What lies in a process' sockets: what it does with it, and what the sender is told where it has ended. */
interface Waiting {
  readonly run: () => void;
  readonly refused?: () => void;
  readonly channel: Channel;
}

/** Somebody who has a connection to a process, and is told when it is closed. */
export interface Peer {
  readonly host: number;
  /** Of its connections: what was sent before the end comes before it. @default COMMANDS */
  readonly channel?: Channel;
  /** `life`: which life of the process has ended. */
  closed(process: Process, life: number): void;
}

/**
 * A server or a Sentinel as a process: it lives, is stopped (SIGSTOP) and goes on, is busy, and dies. What comes while it is
 * stopped or busy lies in its sockets and is taken in order afterwards, before anything else: also what was asked by someone
 * who has long given up.
 */
export abstract class Process {
  alive = false;
  /** How often it was started; a connection to an earlier life is closed. */
  life = 0;
  startedAt = 0;
  /** Since when it does not run, though it lives. */
  stoppedAt?: number;
  /** The last time that it did not, which is over. */
  stood?: { readonly since: number; readonly until: number };
  private busyUntil = 0;
  /** When the round under way began, and the last one that is over. */
  private roundAt = 0;
  private roundBefore = 0;
  private stops = 0;
  private inbox: Waiting[] = [];
  /** When it is no longer busy; undefined where nothing waits for that. */
  private waking?: Timer = undefined;
  private readonly peers: Peer[] = [];

  constructor(
    protected readonly events: Events,
    readonly network: Network,
    readonly host: number,
  ) {}

  get stopped(): boolean {
    return this.stops > 0;
  }

  /** Would it answer just now? */
  get responsive(): boolean {
    return this.alive && this.stops === 0 && this.busyUntil <= this.events.now;
  }

  /** Does it answer PING with an error? */
  get refusesPing(): boolean {
    return false;
  }

  /** Has it answered what lay in its sockets at that time? */
  hasAnswered(at: number): boolean {
    return this.alive && (this.responsive || this.roundBefore >= at);
  }

  watch(peer: Peer): void {
    this.peers.push(peer);
  }

  /** Takes a message that has arrived; one on a connection to an earlier life is refused. */
  receive(run: () => void, refused?: () => void, life = this.life, channel: Channel = COMMANDS): void {
    if (!this.alive || life !== this.life) refused?.();
    else if (this.stops > 0 || this.busyUntil > this.events.now || this.inbox.length > 0) {
      this.inbox.push({ run, refused, channel });
      this.wakeWhenFree();
    } else this.turn(run);
  }

  /** An answer, on the connection made at `since`. */
  send(to: number, run: () => void, since?: number, channel: Channel = COMMANDS): void {
    this.network.send(this.host, to, run, since, channel);
  }

  protected get readsReplicationFirst(): boolean {
    return false;
  }

  /** One round of the event loop. */
  protected turn(run: () => void): void {
    run();
  }

  /** Takes nothing from its sockets for so long. */
  occupy(ms: number): void {
    const until = this.events.now + ms;
    if (until <= this.busyUntil) return;
    if (this.busyUntil <= this.events.now) {
      this.roundBefore = this.roundAt;
      this.roundAt = this.events.now;
    }
    this.busyUntil = until;
    this.waking?.cancel();
    this.waking = undefined;
    if (this.inbox.length > 0) this.wakeWhenFree();
  }

  /** Only where something waits: mostly nothing comes while it is busy. */
  private wakeWhenFree(): void {
    if (this.waking !== undefined || this.busyUntil <= this.events.now) return;
    this.waking = this.events.at(this.busyUntil, () => {
      this.waking = undefined;
      this.wake();
    });
  }

  private wake(): void {
    if (this.stops > 0 || !this.alive) return;
    if (this.busyUntil > this.events.now) return;
    const { inbox } = this;
    if (inbox.length === 0) return;
    this.inbox = [];
    // Which of its connections it reads first is a matter of chance.
    const first: Channel = this.readsReplicationFirst ? REPLICATION : COMMANDS;
    this.turn(() => {
      for (const { run, channel } of inbox) if (channel === first) run();
      for (const { run, channel } of inbox) if (channel !== first) run();
    });
  }

  /** SIGSTOP; or it gets no processor. Several causes add up. What is returned lets it go on. */
  stop(): () => void {
    const { life } = this;
    if (this.stops++ === 0) this.stoppedAt = this.events.now;
    return () => {
      if (this.life !== life || !this.alive || --this.stops > 0) return;
      const stoppedAt = this.stoppedAt as number;
      this.stoppedAt = undefined;
      this.stood = { since: stoppedAt, until: this.events.now };
      this.goesOn(stoppedAt);
      this.wake();
      this.resumed();
    };
  }

  /** Before it takes what lies in its sockets. */
  protected goesOn(_stoppedAt: number): void {}

  /** After that. */
  protected resumed(): void {}

  protected begin(): void {
    this.alive = true;
    this.life++;
    this.startedAt = this.events.now;
    this.stops = 0;
    this.stoppedAt = undefined;
    this.stood = undefined;
    this.busyUntil = 0;
    this.roundAt = 0;
    this.roundBefore = 0;
  }

  /** Ends at once; whoever is connected learns of it: not when the whole machine is gone. */
  end(silently = false): void {
    if (!this.alive) return;
    this.alive = false;
    this.busyUntil = 0;
    this.waking?.cancel();
    this.waking = undefined;
    const { inbox } = this;
    this.inbox = [];
    for (const { refused } of inbox) refused?.();
    this.ended();
    if (silently) return;
    const { life } = this;
    for (const peer of this.peers) {
      this.network.send(this.host, peer.host, () => peer.closed(this, life), undefined, peer.channel);
    }
  }

  protected abstract ended(): void;
}
