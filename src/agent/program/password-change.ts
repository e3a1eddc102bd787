import { ask } from '../../client/connection.js';
import type { OutcomeKind } from '../../client/outcome.js';
import { replicaPeers, sentinelPeers, viewOf } from '../../client/sentinel.js';
import { loginOf } from './accounts.js';
import type { SentinelOrders } from './act/sentinel-orders.js';
import {
  decidePassword,
  newPasswordMemory,
  type Part,
  type PasswordOrder,
  type PasswordStepName,
  type Survey,
} from './decide/password.js';
import { AGENT_LIMITS, type Link } from './know/link.js';
import { Rhythm } from './know/rhythm.js';
import type { Sentinels } from './know/sentinels.js';
import type { Servers } from './know/servers.js';
import { type Passwords, readSecret } from './passwords.js';
import type { Surroundings } from './surroundings.js';

/** The Secret's file is looked at so often, ms. */
const LOOK_MS = 1000;
const ASK_MS = 1000;
/** A decision may follow at once from the one before: accept, then use. */
const MOST_STEPS = 4;

type Command = readonly string[];

/** A Secret that may change, and whose password it holds. */
export interface ChangingPassword {
  readonly of: 'all' | 'servers' | 'sentinels';
  /** Mounted from the Secret. */
  readonly file: string;
  readonly inForce: Passwords;
}

/** One for each Secret of the topology. */
export function passwordChanges({ settings, passwords, sentinelPasswords }: Surroundings): ChangingPassword[] {
  const { passwordFile, sentinelPassword } = settings;
  const isOne = sentinelPassword === 'same';
  const changes: ChangingPassword[] = [];
  if (passwordFile !== undefined) {
    changes.push({ of: isOne ? 'all' : 'servers', file: passwordFile, inForce: passwords });
  }
  if (typeof sentinelPassword === 'object') {
    changes.push({ of: 'sentinels', file: sentinelPassword.file, inForce: sentinelPasswords });
  }
  return changes;
}

/** Follows the Secret: knows what it holds and what all say to it, and carries out what is decided (decide/password.ts). */
export class PasswordChange {
  /** Why nothing more is done, for /status. */
  why = 'not looked at yet';
  private memory = newPasswordMemory();
  private readonly told = new Map<Part, PasswordStepName>();
  private readonly telling = new Set<Part>();
  private survey?: Survey;
  private surveying = false;
  private readonly looks = new Rhythm(LOOK_MS);
  /** Grows with each change of the passwords in force: what was asked before it tells nothing any more. */
  private change = 0;

  constructor(
    private readonly around: Surroundings,
    private readonly changing: ChangingPassword,
    private readonly servers: Servers,
    private readonly sentinels: Sentinels,
    private readonly sentinelOrders: SentinelOrders,
  ) {}

  /** Whose it is, for /status. */
  get of(): string {
    return { all: 'the topology', servers: 'the servers', sentinels: 'the Sentinels' }[this.changing.of];
  }

  /** @returns when to look at it again */
  tend(now: number): number {
    if (this.looks.isUp(now)) {
      this.run(true);
    }
    return this.looks.due;
  }

  private run(look: boolean): void {
    const { clock, plan, say } = this.around;
    const secret = readSecret(this.changing.file);
    let again = look;
    for (let step = 0; step < MOST_STEPS; step++) {
      const { used, accepted } = this.inForce;
      const { ordinal, downAfter } = plan;
      const known = {
        now: clock.now(),
        ordinal,
        parts: this.parts(),
        downAfter,
        secret,
        used,
        accepted,
        told: this.told,
        survey: this.survey,
      };
      const { memory, orders, say: lines, why } = decidePassword(known, this.memory, again);
      const before = this.memory;
      this.memory = memory;
      this.why = why;
      for (const line of lines) say(line);
      const put = orders.find((order) => order.do === 'put-in-force');
      if (!put) {
        for (const order of orders) this.carryOut(order);
        return;
      }
      if (!this.putInForce(put.used, put.accepted)) {
        this.memory = before;
        return;
      }
      again = false;
    }
  }

  private get inForce(): { readonly used: string; readonly accepted?: string } {
    const { used = '', accepted } = this.changing.inForce;
    return { used, accepted };
  }

  private parts(): Part[] {
    const { hasServer, hasSentinel } = this.around.plan;
    const ofServer = hasServer && this.changing.of !== 'sentinels';
    return [...(ofServer ? (['server'] as const) : []), ...(hasSentinel ? (['sentinel'] as const) : [])];
  }

  private putInForce(used: string, accepted: string): boolean {
    const { settings, say } = this.around;
    try {
      this.changing.inForce.putInForce(used, accepted);
    } catch {
      say(
        `error volume: the passwords in ${settings.keptDir} cannot be written; the password of before stays in force`,
      );
      return false;
    }
    this.change++;
    this.told.clear();
    return true;
  }

  private carryOut(order: PasswordOrder): void {
    if (order.do === 'tell') this.tell(order.part, order.step);
    else if (order.do === 'reconnect-sentinel') this.sentinelOrders.reconnect();
    else if (order.do === 'survey') void this.ask(order.password);
  }

  private tell(part: Part, step: PasswordStepName): void {
    const link = this.linkOf(part);
    if (!link || this.telling.has(part)) return;
    this.telling.add(part);
    const { change } = this;
    const commands = this.commands(part, step);
    if (commands.length === 0) {
      this.telling.delete(part);
      this.told.set(part, step);
      return;
    }
    let carriedOut = 0;
    let ended = 0;
    for (const command of commands) {
      const done = (kind: OutcomeKind) => {
        ended++;
        if (kind === 'reply') carriedOut++;
        if (ended < commands.length) return;
        this.telling.delete(part);
        if (carriedOut < commands.length || change !== this.change) return;
        this.told.set(part, step);
        this.run(false);
      };
      link.ask(command, ({ kind }) => done(kind), ASK_MS);
    }
  }

  /** Never `resetpass` alone nor CONFIG SET requirepass: both take the other one away. */
  private commands(part: Part, step: PasswordStepName): Command[] {
    const { settings, accounts } = this.around;
    const { of } = this.changing;
    const { used, accepted } = this.inForce;
    const login = (user: 'replication' | 'sentinel') => loginOf(settings, user, used).password ?? '';
    const both = [`>${used}`, ...(accepted === undefined ? [] : [`>${accepted}`])];
    // A Sentinel with a password of its own only sends the servers'.
    const admits = part === 'server' || of !== 'servers';
    const admitting = settings.users ? accounts.admitOwn(part) : [['ACL', 'SETUSER', 'default', ...both]];
    const commands: Command[] = admits ? admitting : [];
    if (step === 'use' && part === 'server') commands.push(['CONFIG', 'SET', 'masterauth', login('replication')]);
    if (step === 'use' && part === 'sentinel') {
      if (of !== 'servers') commands.push(['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', login('sentinel')]);
      if (of !== 'sentinels') commands.push(['SENTINEL', 'SET', settings.masterName, 'auth-pass', login('sentinel')]);
    }
    return commands;
  }

  private linkOf(part: Part): Link | undefined {
    const { plan } = this.around;
    return (part === 'server' ? this.servers.target(plan.me) : this.sentinels.target(plan.nearest))?.link;
  }

  /** Asks all servers and Sentinels with this password, each on a connection of its own. */
  private async ask(password: string): Promise<void> {
    if (this.surveying) return;
    this.surveying = true;
    const { plan, settings, reach, clock } = this.around;
    const { of } = this.changing;
    const { change } = this;
    const askedAt = clock.now();
    const ping = (host: string, port: number, its = password) =>
      ask(
        { ...(reach?.(host, port) ?? { host, port }), ...loginOf(settings, 'agent', its) },
        ['PING'],
        ASK_MS,
        AGENT_LIMITS,
      );
    const servers = of === 'sentinels' ? [] : plan.servers;
    const endpoints = [
      ...servers.map((host) => ({ host, port: settings.redisPort })),
      ...(of === 'servers' ? [] : plan.sentinels).map((host) => ({ host, port: settings.sentinelPort })),
    ];
    const outcomes = await Promise.all(endpoints.map(({ host, port }) => ping(host, port)));
    const named = (...kinds: OutcomeKind[]) =>
      endpoints
        .filter((_, at) => kinds.includes(outcomes[at]?.kind as OutcomeKind))
        .map(({ host, port }) => `${host}:${port}`);
    const isOther = password !== this.inForce.used;
    const master = this.sentinels.seen.get(plan.nearest)?.view?.master;
    const masterTakesIt = isOther && outcomes[servers.indexOf(master ?? '')]?.kind === 'reply';
    const masterInsists =
      masterTakesIt && (await ping(master as string, settings.redisPort, this.inForce.used)).kind === 'denied';
    const seesDown = !isOther && (await this.seesDown());
    this.surveying = false;
    if (change !== this.change) return;
    const unanswered = named('silent', 'refused', 'untrusted');
    this.survey = { password, askedAt, refusers: named('denied'), unanswered, masterInsists, seesDown };
    this.run(false);
  }

  /** This pod's Sentinel considers someone down. */
  private async seesDown(): Promise<boolean> {
    const link = this.linkOf('sentinel');
    if (!link || !this.around.plan.hasSentinel) return false;
    const { masterName } = this.around.settings;
    const flags = (what: string, read: typeof sentinelPeers) =>
      new Promise<readonly string[]>((resolve) => {
        const command = ['SENTINEL', what, masterName];
        link.ask(
          command,
          (outcome) => resolve(outcome.kind === 'reply' ? read(outcome.reply).flatMap((peer) => peer.flags) : []),
          ASK_MS,
        );
      });
    const all = await Promise.all([
      flags('MASTER', (reply) => [viewOf(reply).master]),
      flags('REPLICAS', replicaPeers),
      flags('SENTINELS', sentinelPeers),
    ]);
    return all.flat().includes('s_down');
  }
}
