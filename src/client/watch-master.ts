import { EventEmitter } from 'node:events';
import { Connection } from './connection.js';
import type { AskSentinel, Whereabouts } from './find-master.js';
import { namedAddress } from './sentinel.js';

/** How soon a Sentinel that was lost is tried again. */
const RETRY_MS = 200;
/** How often each is asked for a sign of life, and how long that may take: a node that dies closes no connection. */
const PING_MS = 1000;

/**
 * What the clients of one program know of the Sentinels. Tells, as the event `change`, when a Sentinel names another master than
 * it did before, by a subscription to each of them. A *change* it must be: for a second after a failover, Sentinels that have not
 * heard of it go on naming the old one.
 */
export class MasterWatch extends EventEmitter<{ change: [host: string] }> {
  private readonly connections = new Map<number, Connection>();
  private readonly asked = new Map<number, Connection>();
  /** Whom each Sentinel named last. */
  private readonly named = new Map<number, string>();
  private readonly pinging: NodeJS.Timeout;
  private closed = false;

  constructor(private readonly whereabouts: Whereabouts) {
    super();
    this.setMaxListeners(0);
    for (const index of whereabouts.sentinels().keys()) this.subscribe(index);
    this.pinging = setInterval(() => this.ping(), PING_MS);
  }

  /**
   * Asks a Sentinel, over a connection to it that stays, for all clients. A new one for each attempt of each client, with TLS,
   * takes the processors from the very failover that they wait for.
   */
  readonly ask: AskSentinel = async (index, question, timeoutMs) => {
    const sentinel = this.whereabouts.sentinels()[index];
    if (this.closed || !sentinel) return { kind: 'refused', message: 'the Sentinels are no longer asked' };
    let connection = this.asked.get(index);
    if (!connection || connection.state === 'closed') {
      connection = Connection.open({ ...sentinel, connectTimeoutMs: timeoutMs });
      this.asked.set(index, connection);
    }
    const outcome = await connection.send(question, timeoutMs);
    if (outcome.kind === 'silent') connection.close();
    return outcome;
  };

  close(): void {
    this.closed = true;
    clearInterval(this.pinging);
    for (const connection of [...this.connections.values(), ...this.asked.values()]) connection.close();
  }

  private subscribe(index: number): void {
    const sentinel = this.whereabouts.sentinels()[index];
    if (this.closed || !sentinel) return;
    const { masterName } = this.whereabouts;
    const connection = Connection.open(sentinel, {
      onPush: ([, , text]) => {
        const [name, , , host] = String(text).split(' ');
        if (name === masterName && host) this.take(index, host);
      },
    });
    this.connections.set(index, connection);
    // In one packet: no change can slip in between, and none before it goes unseen.
    void connection.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName]).then((outcome) => {
      const address = outcome.kind === 'reply' ? namedAddress(outcome.reply) : undefined;
      if (address) this.take(index, address.host);
    });
    void connection.send(['SUBSCRIBE', '+switch-master']);
    void connection.closed.then(() => setTimeout(() => this.subscribe(index), RETRY_MS).unref());
  }

  private take(index: number, host: string): void {
    const before = this.named.get(index);
    this.named.set(index, host);
    if (before !== undefined && before !== host) this.emit('change', host);
  }

  private ping(): void {
    for (const connection of this.connections.values()) {
      void connection.send(['PING'], PING_MS).then(({ kind }) => {
        if (kind === 'silent') connection.close();
      });
    }
  }
}
