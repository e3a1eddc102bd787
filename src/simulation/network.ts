import type { Events } from './events.js';
import type { Random } from './random.js';

/** How long messages take, in ms. */
export interface Latency {
  readonly usual: number;
  /** Now and then a message takes so long (a lost packet, a busy node). */
  readonly late: number;
  readonly lateShare: number;
}

interface Held {
  readonly run: () => void;
  /** Counts what was sent: what is held anew by a further cut comes before what was sent since. */
  readonly order: number;
  /** A connection that was tried; otherwise it is data on one that stands. */
  readonly connect?: { readonly from: number; readonly to: number; readonly tried: number };
}

/** What goes on connections of their own, and so in an order of its own. */
export type Channel = 0 | 1;
export const COMMANDS: Channel = 0;
export const REPLICATION: Channel = 1;

/** A pod reaches itself without a network, in so many ms. */
const WITHIN_POD = 0.05;
/** Linux sends again what was not acknowledged after this many ms, then after twice as many, and so on; likewise a SYN. */
const DATA_AGAIN = 200;
const SYN_AGAIN = 1000;

/**
 * Who reaches whom. What is sent into a cut is not lost: TCP sends it again, at growing intervals, so it arrives after the
 * healing, up to as late as the cut was long. That is how an order comes late which nobody counts on any more.
 *
 * Simpler than TCP: of all connections between two hosts, only replication and the others overtake one another; a connection is not
 * given up by the kernel (that takes a quarter of an hour); a buffer is never full.
 */
export class Network {
  private readonly cuts: Uint8Array;
  private readonly cutAt: Float64Array;
  private readonly healedAt: Float64Array;
  private readonly resumesAt: Float64Array;
  private readonly lastArrival: Float64Array;
  private readonly held = new Map<number, Held[]>();
  private sent = 0;
  /** Counts of each host how often it was gone: what it was yet to send has gone with it. */
  private readonly lives: Uint32Array;
  /** Hosts whose pod is gone, while packets to their address are lost. */
  private readonly lost: Uint8Array;

  constructor(
    private readonly events: Events,
    private readonly random: Random,
    private readonly latency: Latency,
    readonly hosts: number,
  ) {
    this.cuts = new Uint8Array(hosts * hosts);
    this.cutAt = new Float64Array(hosts * hosts);
    this.healedAt = new Float64Array(hosts * hosts).fill(-1);
    this.resumesAt = new Float64Array(hosts * hosts);
    this.lastArrival = new Float64Array(2 * hosts * hosts);
    this.lives = new Uint32Array(hosts);
    this.lost = new Uint8Array(hosts);
  }

  /** Can a connection be made? */
  connects(one: number, other: number): boolean {
    return this.cuts[one * this.hosts + other] === 0 && this.cuts[other * this.hosts + one] === 0;
  }

  /** Does what is sent arrive, on a connection made at `since`? */
  flows(one: number, other: number, since: number): boolean {
    return this.connects(one, other) && (one === other || this.passes(one, other, since));
  }

  private passes(one: number, other: number, since: number): boolean {
    const pair = one * this.hosts + other;
    return since > (this.healedAt[pair] as number) || this.events.now >= (this.resumesAt[pair] as number);
  }

  /** Delivers on the connection made at `since`; without it, on one that has stood for long. */
  send(from: number, to: number, run: () => void, since = -1, channel: Channel = COMMANDS): void {
    const pair = from * this.hosts + to;
    if (this.cuts[pair] !== 0) {
      this.hold(pair, { run, order: this.sent++ });
      return;
    }
    const { now } = this.events;
    const resumes = this.resumesAt[pair] as number;
    if (now < resumes && since <= (this.healedAt[pair] as number)) {
      // Nothing on a connection that was made since then waits for it.
      this.sendAgainAt(resumes, pair, { run, order: this.sent++ });
      return;
    }
    const queue = 2 * pair + channel;
    const last = this.lastArrival[queue] as number;
    const at = Math.max(now + this.way(from === to), last);
    this.lastArrival[queue] = at;
    this.events.at(at, run);
  }

  /** Makes a connection and delivers on it: three times the way. */
  connect(from: number, to: number, run: () => void): void {
    if (this.connects(from, to)) {
      this.events.after(3 * this.way(from === to), run);
    } else {
      const pair = from * this.hosts + to;
      const blocked = this.cuts[pair] === 0 ? to * this.hosts + from : pair;
      this.hold(blocked, { run, order: this.sent++, connect: { from, to, tried: this.events.now } });
    }
  }

  private way(within: boolean): number {
    if (within) return WITHIN_POD;
    const { usual, late, lateShare } = this.latency;
    const draw = this.random.next();
    if (draw < lateShare) return late * (0.5 + this.random.next());
    return usual * (0.5 + draw);
  }

  private hold(pair: number, held: Held): void {
    const list = this.held.get(pair);
    if (list === undefined) this.held.set(pair, [held]);
    else list.push(held);
  }

  /** Packets in that direction vanish; cuts of several causes add up. */
  cut(from: number, to: number): void {
    const pair = from * this.hosts + to;
    if (this.cuts[pair] === 0) this.cutAt[pair] = this.events.now;
    (this.cuts[pair] as number)++;
  }

  heal(from: number, to: number): void {
    const pair = from * this.hosts + to;
    (this.cuts[pair] as number)--;
    if (this.cuts[pair] !== 0) return;
    const { now } = this.events;
    const resumes = sentAgain(this.cutAt[pair] as number, now, DATA_AGAIN) + WITHIN_POD;
    for (const direction of [pair, to * this.hosts + from]) {
      this.healedAt[direction] = now;
      this.resumesAt[direction] = Math.max(resumes, this.resumesAt[direction] as number);
    }
    const held = this.held.get(pair);
    if (held === undefined) return;
    this.held.delete(pair);
    held.sort((one, other) => one.order - other.order);
    // What an earlier cut held may still wait to be sent again: it was sent before this.
    const inOrder = this.resumesAt[pair] as number;
    for (const its of held) {
      const { run, connect } = its;
      if (connect === undefined) this.sendAgainAt(inOrder, pair, its);
      else this.events.at(sentAgain(connect.tried, now, SYN_AGAIN), () => this.connect(connect.from, connect.to, run));
    }
  }

  /** Into another cut, it waits for the end of that. */
  private sendAgainAt(at: number, pair: number, held: Held): void {
    const from = Math.floor(pair / this.hosts);
    const life = this.lives[from];
    this.events.at(at, () => {
      if (this.lives[from] !== life) return;
      if (this.cuts[pair] !== 0) this.hold(pair, held);
      else held.run();
    });
  }

  /** A pod or its machine is gone, and what it was yet to send: its sockets went with its network. */
  forgetFrom(host: number): void {
    (this.lives[host] as number)++;
    for (const pair of this.held.keys()) if (Math.floor(pair / this.hosts) === host) this.held.delete(pair);
  }

  /** A pod is gone, and its address is not: what others send there is lost. */
  lose(host: number): void {
    if (this.lost[host] !== 0) return;
    this.lost[host] = 1;
    for (let other = 0; other < this.hosts; other++) if (other !== host) this.cut(other, host);
  }

  /** From now on nobody listens at that address, or another pod does: what was lost does not come to it. */
  settle(host: number): void {
    if (this.lost[host] === 0) return;
    this.lost[host] = 0;
    for (let other = 0; other < this.hosts; other++) {
      if (other === host) continue;
      this.held.delete(other * this.hosts + host);
      this.heal(other, host);
    }
  }

  /** All that leads to and from a host. */
  isolate(host: number): void {
    for (let other = 0; other < this.hosts; other++) {
      if (other === host) continue;
      this.cut(host, other);
      this.cut(other, host);
    }
  }

  join(host: number): void {
    for (let other = 0; other < this.hosts; other++) {
      if (other === host) continue;
      this.heal(host, other);
      this.heal(other, host);
    }
  }
}

/** When what was first sent at `first` is sent again for the first time at or after `healed`. */
export function sentAgain(first: number, healed: number, interval: number): number {
  for (let wait = interval; ; wait = 2 * wait + interval) if (first + wait >= healed) return first + wait;
}
