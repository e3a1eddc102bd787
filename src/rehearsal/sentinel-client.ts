import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RespClient } from './resp.js';
import type { Sites } from './view.js';

/** The pause between two looks for the master: short, so that it adds little to a measured gap. */
const LOOK_AGAIN_MS = 20;
/** How often each Sentinel is asked whom it names. */
const WATCH_MS = 50;

/**
 * A client that finds the master as applications do: it asks the Sentinels in turn, connects to the server they name,
 * makes sure by ROLE, and drops its connection when a Sentinel changes its mind. So it moves on from a server that
 * hangs, which says nothing that a client could notice.
 */
export class SentinelClient {
  /** The pod that it is or was last connected to. */
  server = '';
  private connection?: RespClient;
  private turn = 0;
  private readonly leave = (named: string) => {
    if (this.connection && this.connection.endpoint.host !== named) this.disconnect();
  };

  constructor(
    private readonly sites: Sites,
    private readonly watch: MasterWatch,
    private readonly timeoutMs: number,
  ) {
    watch.on('change', this.leave);
  }

  /** A connection to the master; looks for one until `cancelled`. */
  async master(cancelled: () => boolean): Promise<RespClient> {
    while (!this.connection) {
      if (cancelled()) throw new Error('cancelled');
      await this.connect().catch(() => sleep(LOOK_AGAIN_MS));
    }
    return this.connection;
  }

  disconnect(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  close(): void {
    this.watch.off('change', this.leave);
    this.disconnect();
  }

  private async connect(): Promise<void> {
    const { sites, timeoutMs } = this;
    const host = await askOnce(sites, sites.sentinels[this.turn++ % sites.sentinels.length] ?? '');
    const connection = await RespClient.connect({ host, port: sites.redisPort, password: sites.password, timeoutMs });
    const role = await connection.command('ROLE');
    if (!Array.isArray(role) || role[0] !== 'master') {
      connection.close();
      throw new Error(`${host} is not master`);
    }
    this.server = sites.servers.find((pod) => sites.addressOf(pod) === host) ?? host;
    this.connection = connection;
  }
}

/**
 * Tells, as the event `change`, when a Sentinel names another master than it did before. A *change* it must be: for a
 * second after a failover, Sentinels that have not heard of it go on naming the old one.
 */
export class MasterWatch extends EventEmitter<{ change: [address: string] }> {
  private closed = false;

  constructor(private readonly sites: Sites) {
    super();
    this.setMaxListeners(0);
    for (const sentinel of sites.sentinels) void this.watch(sentinel);
  }

  close(): void {
    this.closed = true;
  }

  private async watch(sentinel: string): Promise<void> {
    let known = '';
    let connection: RespClient | undefined;
    while (!this.closed) {
      try {
        connection ??= await connectTo(this.sites, sentinel);
        const named = await namedBy(connection, this.sites);
        if (known && named !== known) this.emit('change', named);
        known = named;
      } catch {
        connection?.close();
        connection = undefined;
      }
      await sleep(WATCH_MS);
    }
    connection?.close();
  }
}

async function askOnce(sites: Sites, sentinel: string): Promise<string> {
  const connection = await connectTo(sites, sentinel);
  return namedBy(connection, sites).finally(() => connection.close());
}

/** Half a second is ample for a Sentinel that lives, and one that hangs must not add more than that to a gap. */
function connectTo({ addressOf, sentinelPort: port, password }: Sites, sentinel: string): Promise<RespClient> {
  return RespClient.connect({ host: addressOf(sentinel), port, password, timeoutMs: 500 });
}

async function namedBy(connection: RespClient, { masterName }: Sites): Promise<string> {
  const reply = await connection.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
  if (Array.isArray(reply) && typeof reply[0] === 'string') return reply[0];
  throw new Error(`the Sentinel at ${connection.endpoint.host} knows no master`);
}
