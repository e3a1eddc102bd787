import type { Process } from './process.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';

/** What a Sentinel knows of a server or of another Sentinel (`sentinelRedisInstance`), and its connection to it. */
export class Instance {
  subjectivelyDown = false;
  subjectivelyDownSince = 0;

  // Of a server.
  infoAt = 0;
  runId = 0;
  roleReported: 'master' | 'replica';
  roleReportedAt: number;
  configChangedAt: number;
  linkDownMs = 0;
  linkUp = false;
  follows = '';
  priority = 100;
  offset = 0;
  promoted = false;
  reconf: '' | 'sent' | 'inprog' | 'done' = '';
  reconfSentAt = 0;
  publishedAt: number;

  // Of another Sentinel.
  saysDown = false;
  saidDownAt = 0;
  leader?: string;
  leaderEpoch = 0;

  // The connection.
  disconnected = true;
  connected = false;
  connectedAt = 0;
  /** Which life of the other's process it leads to; 0: it is still being made. */
  life = 0;
  triedAt = 0;
  /** When the oldest PING without an answer was sent; 0: all are answered. */
  pingPendingAt: number;
  pingedAt = 0;
  availableAt: number;
  pongAt: number;
  private infoAskedAt = 0;
  /** A command of its own is held by CLIENT PAUSE, and all that come after it. */
  private held = false;
  private queue: (() => void)[] = [];

  constructor(
    private readonly sentinel: Sentinel,
    readonly target: Server | Sentinel,
    readonly kind: 'master' | 'replica' | 'sentinel',
  ) {
    const { now } = sentinel;
    this.roleReported = kind === 'master' ? 'master' : 'replica';
    this.roleReportedAt = now;
    // A new one counts as asked, so that one that is never reached is considered down after down-after.
    this.pingPendingAt = now;
    this.availableAt = now;
    this.pongAt = now;
    this.publishedAt = now;
    this.configChangedAt = now;
  }

  get address(): string {
    return this.target.address;
  }

  private get process(): Process {
    return this.target;
  }

  /** Does what is sent arrive, and is it answered at once? */
  private get answers(): boolean {
    return this.hasAnswered(this.sentinel.now);
  }

  /** What was sent at that time has been answered by now. */
  private hasAnswered(at: number): boolean {
    const { process, sentinel } = this;
    return (
      this.connected &&
      !this.held &&
      process.hasAnswered(at) &&
      sentinel.network.flows(sentinel.host, process.host, this.connectedAt)
    );
  }

  /** Makes the connection, notices that it was closed, and takes the answers that have come. */
  tend(): void {
    const { process, sentinel } = this;
    if (this.connected && (!process.alive || process.life !== this.life)) {
      if (sentinel.network.flows(sentinel.host, process.host, this.connectedAt)) this.disconnect();
    }
    if (this.disconnected && sentinel.now - this.triedAt >= sentinel.pingPeriod) this.connect();
    if (!this.connected) return;
    if (this.held && process.responsive && !(this.target as Server).isPaused) {
      this.held = false;
      const { queue } = this;
      this.queue = [];
      for (const run of queue) run();
    }
    if (this.pingPendingAt !== 0 && this.hasAnswered(Math.max(this.pingPendingAt, this.connectedAt))) this.pong();
    if (this.infoAskedAt !== 0 && this.hasAnswered(this.infoAskedAt)) {
      this.infoAskedAt = 0;
      sentinel.refresh(this, this.target as Server);
    }
  }

  private connect(): void {
    const { process, sentinel } = this;
    this.triedAt = sentinel.now;
    this.disconnected = false;
    this.connected = false;
    this.life = 0;
    if (this.pingPendingAt === 0) this.pingPendingAt = sentinel.now;
    this.pingedAt = sentinel.now;
    this.connectedAt = sentinel.now;
    const { triedAt } = this;
    sentinel.network.connect(sentinel.host, process.host, () => {
      if (this.triedAt !== triedAt || this.disconnected || this.connected) return;
      if (!process.alive) {
        this.disconnect();
        return;
      }
      this.connected = true;
      this.life = process.life;
      this.connectedAt = sentinel.now;
      if (this.answers && sentinel.responsive) this.pong();
    });
  }

  /** The connection is closed; a pending PING stays pending. */
  disconnect(): void {
    this.disconnected = true;
    this.connected = false;
    this.infoAskedAt = 0;
    this.held = false;
    this.queue = [];
  }

  /** The server closes its connection if a pause of writes holds it. */
  freedFrom(server: Server): void {
    if (this.held && this.target === server) this.disconnect();
  }

  private pong(): void {
    const { now } = this.sentinel;
    this.pongAt = now;
    // Any other error than LOADING and MASTERDOWN counts as no answer.
    if (this.process.refusesPing) return;
    this.availableAt = now;
    this.pingPendingAt = 0;
  }

  ping(): void {
    const { now } = this.sentinel;
    this.pingedAt = now;
    if (this.pingPendingAt === 0) this.pingPendingAt = now;
    if (this.answers) this.pong();
  }

  askInfo(): void {
    if (this.answers) {
      this.infoAskedAt = 0;
      this.sentinel.refresh(this, this.target as Server);
    } else {
      this.infoAskedAt ||= this.sentinel.now;
    }
  }

  /** Sends a command to the server, and has it carried out when its turn comes. */
  command(run: () => void): void {
    const { sentinel, process } = this;
    if (this.held) {
      this.queue.push(run);
      return;
    }
    const { life } = this;
    sentinel.network.send(sentinel.host, process.host, () => process.receive(run, undefined, life), this.connectedAt);
  }

  /** PUBLISH on a server: held while writes are paused there. */
  publish(run: () => void): void {
    if (!this.hasAnswered(this.sentinel.now - 500)) return;
    if (this.kind !== 'sentinel' && (this.target as Server).isPaused && (this.target as Server).role === 'master') {
      this.held = true;
      this.queue.push(run);
    } else {
      run();
    }
  }
}
