import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where the engine listens, for this pod alone. */
export interface Inside {
  readonly host: string;
  readonly plain: number;
  readonly tls: number;
}

export interface DoorProps {
  readonly of: 'redis' | 'sentinel';
  readonly port: number;
  /** Redis' BIND: all addresses if it begins with `*`, else the first one that it names. */
  readonly bind: string;
  readonly inside: Inside;
  /** Where this agent did not run for so long, another master may have been chosen, ms. */
  readonly staleMs: number;
  /** Told of it: what was known of the engine counts no longer. */
  stalled(): void;
  /** Whether somebody may be led in, now; while not, nobody listens here. */
  mayOpen(): boolean;
  say(line: string): void;
  /** @default - see LIMITS */
  readonly limits?: Partial<DoorLimits>;
}

export interface DoorLimits {
  /** At once. The agent has a heap of 48 MiB, of which so many that are idle take 11. */
  readonly connections: number;
  /** Whoever connects and says nothing is not kept for longer, ms: no client of Redis waits to be spoken to. */
  readonly firstByteMs: number;
  /** Read from one side, and not yet taken by the other; over all connections. What stalls beyond that is ended. */
  readonly waitingBytes: number;
  /** What the engine said last may take so long to be taken, ms. */
  readonly farewellMs: number;
  /** How often it is tried whether the engine listens, while it does not, ms. */
  readonly tryMs: number;
}

export const LIMITS: DoorLimits = {
  connections: 2000,
  firstByteMs: 10_000,
  waitingBytes: 24 * 1024 * 1024,
  farewellMs: 10_000,
  tryMs: 50,
};

/** The first byte of every handshake: a TLS record of that type. No command of Redis begins with it. */
const TLS_HANDSHAKE = 0x16;
/** Redis' own tcp-keepalive; the engine's only sees this machine, ms. */
const KEEP_ALIVE_MS = 300_000;
/** So often within the time that makes it stale the agent notes that it runs. */
const BEATS = 4;
/** Redis' own tcp-backlog. */
const BACKLOG = 511;

/**
 * One port for plain text and TLS alike, while a topology changes from one to the other: the engine has a port for each, on the
 * loopback interface, and whoever connects here is led to one of them by the first byte. Nothing is decrypted on the way.
 *
 * It must look like the engine itself to all others, who judge by it whether the engine lives:
 *
 * - It listens only while the engine does. Where the engine ends a connection, it is first looked at whether it still listens;
 *   where it does not, the port is closed before the connections are. So whoever lost a connection and tries again is refused.
 * - An engine that hangs is silence here too: its port goes on accepting, and no answer comes.
 * - An agent that did not run for long passes nothing on of what has lain in its sockets meanwhile: it ends all connections, as a
 *   write of then may be meant for a server that is master no more; and opens again once its server may be reached.
 *
 * Its limit: the connections end with the agent.
 */
export class Door {
  private server?: Server;
  private readonly limits: DoorLimits;
  private readonly pairs = new Set<Pair>();
  private waitingBytes = 0;
  private timer?: NodeJS.Timeout;
  private probing?: Promise<boolean>;
  private ended = false;
  private fault?: string;
  /** When this agent last certainly ran. */
  private ranAt = performance.now();
  private readonly beat: NodeJS.Timeout;

  constructor(private readonly props: DoorProps) {
    this.limits = { ...LIMITS, ...props.limits };
    this.beat = setInterval(() => this.isFresh(), props.staleMs / BEATS);
  }

  /** Begins to look whether the engine is there. */
  start(): void {
    void this.tryToOpen();
  }

  get of(): DoorProps['of'] {
    return this.props.of;
  }

  get isOpen(): boolean {
    return this.server?.listening === true;
  }

  get status() {
    return { open: this.isOpen, connections: this.pairs.size };
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.beat);
    this.close();
  }

  /** Whether what comes now has not lain here. What came first after a pause finds it out, be it the clock or a byte. */
  private isFresh(): boolean {
    const now = performance.now();
    const isStale = now - this.ranAt > this.props.staleMs;
    this.ranAt = now;
    if (!isStale) return true;
    this.props.stalled();
    if (this.server) {
      this.close();
      void this.tryToOpen();
    }
    return false;
  }

  private async tryToOpen(): Promise<void> {
    if (this.ended || this.server) return;
    if (this.props.mayOpen() && (await this.engineListens())) await this.open();
    if (!this.server && !this.ended) this.timer = setTimeout(() => this.tryToOpen(), this.limits.tryMs);
  }

  private open(): Promise<void> {
    const { port, bind } = this.props;
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    const server = createServer(options, (outer) => this.admit(outer));
    server.maxConnections = this.limits.connections;
    this.server = server;
    return new Promise((resolve) => {
      server.on('error', (error) => {
        this.tell(error.message);
        // One that listens goes on: a connection could not be taken, as for lack of file descriptors.
        if (server.listening) return;
        if (this.server === server) this.server = undefined;
        resolve();
      });
      const host = bind.startsWith('*') ? {} : { host: bind.split(' ')[0] };
      server.listen({ port, backlog: BACKLOG, ...host }, () => {
        this.fault = undefined;
        resolve();
      });
    });
  }

  /** The same fault is said once. */
  private tell(fault: string): void {
    if (fault !== this.fault) this.props.say(`error door of=${this.props.of} ${fault}`);
    this.fault = fault;
  }

  /** First the port, then the connections: see above. */
  private close(): void {
    const { server } = this;
    this.server = undefined;
    if (server?.listening) server.close();
    else server?.once('listening', () => server.close());
    for (const pair of this.pairs) pair.destroy();
  }

  private admit(outer: Socket): void {
    const { inside } = this.props;
    const pair = new Pair(outer, inside, this.limits, {
      ended: () => this.pairs.delete(pair),
      engineEnded: () => this.look(),
      isFresh: () => this.isFresh(),
      isTooMuch: (more) => {
        this.waitingBytes += more;
        return this.waitingBytes > this.limits.waitingBytes;
      },
    });
    this.pairs.add(pair);
  }

  /** The engine has ended a connection, or taken none. Closes everything where it listens no more. */
  private async look(): Promise<void> {
    if ((await this.engineListens()) || !this.server) return;
    this.close();
    await this.tryToOpen();
  }

  /** One look at a time, for all who ask. The plain port is that of the process: both are opened and closed together. */
  private engineListens(): Promise<boolean> {
    this.probing ??= listens(this.props.inside).finally(() => {
      this.probing = undefined;
    });
    return this.probing;
  }
}

/** Refused is the one sure sign that nobody does: a port whose queue is full does not answer at all. */
function listens({ host, plain }: Inside): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: plain });
    const tell = (does: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(does);
    };
    const timer = setTimeout(() => tell(true), 1000);
    socket.once('connect', () => tell(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => tell(code !== 'ECONNREFUSED' && code !== 'ECONNRESET'));
  });
}

interface PairEvents {
  ended(): void;
  /** @returns whether what is read now has not lain here for long */
  isFresh(): boolean;
  /** @returns when it has been looked at whether it still listens */
  engineEnded(): Promise<void>;
  /** @param more bytes that wait, negative where they do no longer; @returns whether all that wait are too many */
  isTooMuch(more: number): boolean;
}

/** One connection from outside, and the one to the engine that it leads to. */
class Pair {
  private inner?: Socket;
  private readonly timer: NodeJS.Timeout;
  private waiting = 0;
  private isOver = false;
  private isLeaving = false;

  constructor(
    private readonly outer: Socket,
    private readonly inside: Inside,
    private readonly limits: DoorLimits,
    private readonly events: PairEvents,
  ) {
    this.timer = setTimeout(() => this.destroy(), limits.firstByteMs);
    outer.on('error', () => this.destroy());
    outer.once('close', () => this.destroy());
    // Nothing has been said, so there is nothing to be answered.
    outer.once('end', () => {
      if (!this.inner) this.destroy();
    });
    outer.once('data', (first: Buffer) => this.lead(first));
  }

  destroy(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.outer.destroy();
    this.inner?.destroy();
    this.events.isTooMuch(-this.waiting);
    this.events.ended();
  }

  private lead(first: Buffer): void {
    clearTimeout(this.timer);
    const { host, plain, tls } = this.inside;
    const { outer } = this;
    const port = first[0] === TLS_HANDSHAKE ? tls : plain;
    const inner = connect({ host, port, noDelay: true, allowHalfOpen: true });
    this.inner = inner;
    inner.on('error', () => this.engineEnds());
    inner.once('end', () => this.engineEnds());
    inner.once('close', () => this.engineEnds());
    this.pass(inner, first, outer);
    outer.on('data', (chunk: Buffer) => this.pass(inner, chunk, outer));
    outer.once('end', () => inner.end());
    inner.on('data', (chunk: Buffer) => this.pass(outer, chunk, inner));
  }

  /** What is not taken is not read on: the side that sends comes to feel it, as it would without a door. */
  private pass(to: Socket, chunk: Buffer, from: Socket): void {
    if (!this.events.isFresh() || to.write(chunk)) return;
    from.pause();
    const bytes = to.writableLength;
    this.waiting += bytes;
    if (this.events.isTooMuch(bytes)) {
      this.destroy();
      return;
    }
    to.once('drain', () => {
      if (this.isOver) return;
      this.waiting -= bytes;
      this.events.isTooMuch(-bytes);
      from.resume();
    });
  }

  /** What it said before goes out, unless the engine is gone. */
  private engineEnds(): void {
    if (this.isOver || this.isLeaving) return;
    this.isLeaving = true;
    const { outer } = this;
    // It was the other side that left first: nothing to be found out.
    const looked = outer.readableEnded ? Promise.resolve() : this.events.engineEnded();
    void looked.then(() => {
      if (this.isOver) return;
      const late = setTimeout(() => this.destroy(), this.limits.farewellMs);
      outer.once('close', () => clearTimeout(late));
      outer.destroySoon();
    });
  }
}
