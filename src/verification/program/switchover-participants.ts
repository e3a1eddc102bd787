import { setTimeout as sleep } from 'node:timers/promises';
import { type Info, parseInfo } from '../../client/info.js';
import { isList, type Reply } from '../../client/outcome.js';
import { type SentinelView, viewOf } from '../../client/sentinel.js';
import { type Address, formatAddress, parseAddress } from './address.js';
import { Connection, isReplyError, loginIn, withConnection } from './connection.js';
import { messageOf, Unknown } from './finding.js';
import { DRILL_STEPS_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';
import { mastersOf, type Survey } from './survey.js';

const LONGEST_PAUSE_MS = 5000;

/** Everyone who has a part in a switchover. Each question has a connection of its own: a promotion ends all others. */
export class Participants {
  private readonly master: Address;
  private readonly replicas: readonly Address[];

  constructor(
    private readonly settings: ProgramSettings,
    survey: Survey,
  ) {
    const [name = ''] = mastersOf(survey);
    const servers = survey.servers.map(({ address }) => address);
    this.master = addressOf(name);
    this.replicas = servers.filter((address) => address !== name).map(addressOf);
  }

  /** @throws Unknown when one does not */
  async everyoneAnswers(): Promise<void> {
    const everyone = [...this.settings.sentinels, this.master, ...this.replicas];
    await Promise.all(everyone.map((address) => this.ask(address, 'PING'))).catch((error) => {
      throw new Unknown(`refused, the master was not moved: ${messageOf(error)}`);
    });
  }

  async downAfter(sentinel: Address): Promise<number> {
    return (await this.asSeenBy(sentinel)).downAfterMs;
  }

  /** Over by itself, should nobody be left to end it. */
  pause(ms: number): Promise<unknown> {
    return this.ask(this.master, 'CLIENT', 'PAUSE', Math.round(Math.min(ms, LONGEST_PAUSE_MS)), 'WRITE');
  }

  unpause(): Promise<unknown> {
    return this.ask(this.master, 'CLIENT', 'UNPAUSE').catch(() => {});
  }

  /** Each replica is asked itself: what the master knows is up to a second old. @returns who lags, if anybody */
  async caughtUp(inTime: () => boolean): Promise<string | undefined> {
    const target = Number((await this.info(this.master)).get('master_repl_offset'));
    for (;;) {
      const infos = await Promise.all(this.replicas.map((one) => this.info(one)));
      const behind = this.replicas.filter((_, i) => {
        const linked = infos[i]?.get('master_link_status') === 'up';
        return !(linked && Number(infos[i]?.get('slave_repl_offset')) >= target);
      });
      if (!inTime()) return `no time left for a switch; behind were ${behind.map(formatAddress).join(', ') || 'none'}`;
      if (behind.length === 0) return undefined;
      await sleep(10);
    }
  }

  /** @returns the refusal (INPROG, NOGOODSLAVE), if it is one to the end */
  async order(sentinel: Address, inTime: () => boolean): Promise<string | undefined> {
    for (;;) {
      try {
        await this.ask(sentinel, 'SENTINEL', 'FAILOVER', this.settings.masterName);
        return undefined;
      } catch (error) {
        if (!isReplyError(error) || !inTime()) return messageOf(error);
        await sleep(50);
      }
    }
  }

  /** Writes stay paused meanwhile. @returns the replica that has become master; none when the Sentinel has given up */
  async promoted(sentinel: Address, downAfter: number): Promise<Address | undefined> {
    const renewal = Math.min(LONGEST_PAUSE_MS, downAfter);
    // Beside the questions, of which one to a server that hangs takes longer.
    const renewing = setInterval(() => this.pause(renewal).catch(() => {}), renewal / 3);
    try {
      return await this.promotedBy(sentinel, performance.now() + DRILL_STEPS_MS.promoted);
    } finally {
      clearInterval(renewing);
    }
  }

  private async promotedBy(sentinel: Address, deadline: number): Promise<Address | undefined> {
    // Seen twice, for the flag goes a moment before the next look at the roles.
    for (let idle = 0; idle < 2 && performance.now() < deadline; await sleep(20)) {
      const [seen, ...roles] = await Promise.all([
        this.asSeenBy(sentinel).catch(() => undefined),
        ...this.replicas.map((one) => this.ask(one, 'ROLE').catch(() => [])),
      ]);
      const heir = this.replicas.find((_, i) => roleIn(roles[i] as Reply) === 'master');
      if (heir) return heir;
      // One that does not answer may be at it.
      const busy = seen === undefined || seen.master.flags.includes('failover_in_progress');
      idle = busy ? 0 : idle + 1;
    }
    return undefined;
  }

  /**
   * The old master follows the heir, and its clients look for the new master.
   * @returns whether it does; if not, its agent and the Sentinels demote it, and what was lost by then is found
   */
  retire(heir: Address): Promise<boolean> {
    const tell = withConnection(Connection.to(this.master, loginIn(this.settings)), async (old) => {
      await old.call('REPLICAOF', heir.host, heir.port);
      await old.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    });
    return tell.then(
      () => true,
      () => false,
    );
  }

  private async info(server: Address): Promise<Info> {
    return parseInfo(String(await this.ask(server, 'INFO', 'replication')));
  }

  private async asSeenBy(sentinel: Address): Promise<SentinelView> {
    return viewOf(await this.ask(sentinel, 'SENTINEL', 'MASTER', this.settings.masterName));
  }

  private ask(address: Address, command: string, ...args: (string | number)[]): Promise<Reply> {
    return withConnection(Connection.to(address, loginIn(this.settings)), (one) => one.call(command, ...args));
  }
}

/** Of the answer to ROLE. */
function roleIn(reply: Reply): Reply | undefined {
  return isList(reply) ? reply[0] : undefined;
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Unknown(`'${text}' is not an address`);
  return address;
}
