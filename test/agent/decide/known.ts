import type {
  Address,
  Contact,
  Data,
  EngineProcess,
  Known,
  MasterView,
  Plan,
  Position,
  Result,
  SentinelSeen,
  SentinelState,
  ServerInfo,
  ServerSeen,
  Vote,
} from '../../../src/agent/program/decide/known.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** How one does not answer. */
export type Mute = Exclude<Contact, 'answered' | 'unknown'>;
/** When a scene begins: long after the agent's start. */
export const BEGIN = 1_000_000;
/** When a question that is not answered ends as `silent`, ms. */
const SILENT_MS = 1000;
/** How long WAIT waits, ms. */
const WAIT_MS = 100;
/** The server and the Sentinel have run for so long, ms. */
const RAN_FOR_MS = 600_000;

export const EPOCH = 5;
export const OFFSET = 1000;

/** Kinds of questions to servers and to Sentinels, as in `Needs`. */
type Kind = 'info' | 'position' | 'view' | 'replicas';
interface Open {
  readonly kind: Kind;
  readonly address: Address;
  readonly at: number;
}

export interface SceneProps extends Partial<Omit<Plan, 'servers' | 'sentinels'>> {
  /** Which server's agent it is. @default 's0' */
  readonly me?: Address;
  /** @default 3 */
  readonly servers?: number;
  /** @default 3 */
  readonly sentinels?: number;
}

/**
 * A topology at one moment, as it is, and what this agent knows of it. All is well at first: s0 is master in epoch 5, all
 * others are in step, and the agent has just asked everybody. Strict, unless said otherwise.
 *
 * What is said of servers and Sentinels becomes known only when they are asked: at once with `askAll`, or as a decision
 * needs it (play.ts).
 */
export class Scene {
  now = BEGIN;
  /** By how much real time is ahead: the time in which the agent did not run. */
  ahead = 0;
  readonly plan: Plan;
  server: EngineProcess = { state: 'running', since: BEGIN - RAN_FOR_MS };
  sentinel: EngineProcess = { state: 'running', since: BEGIN - RAN_FOR_MS };
  data: Data = { there: true, firstStart: false, position: { epoch: EPOCH, offset: OFFSET, bytes: 50 } };
  sentinelState: SentinelState;
  handOverAsked?: number;
  promoteOrdered = false;
  isProxied = false;
  cpu?: Known['sentinelCpu'];
  confirmed: Known['confirmed'];
  confirmPendingSince?: number;
  readonly results = new Map<number, Result>();
  /** Something became known that nobody has looked at yet. */
  hasNews = false;
  /** How many replicas confirm; nothing: the question stays open. */
  confirms: number | undefined;
  /** How long an answer takes, ms. */
  latency = 0;
  /** What goes on by itself as time goes by. */
  goesOn?: () => void;
  /** How often each kind of question was asked. */
  readonly asked: Record<string, number> = {};
  private readonly infos = new Map<Address, ServerInfo | Mute>();
  private readonly positions = new Map<Address, Position>();
  private readonly views = new Map<Address, MasterView | Mute>();
  private readonly flags = new Map<Address, Map<Address, string>>();
  private readonly servers = new Map<Address, Mutable<ServerSeen>>();
  private readonly sentinels = new Map<Address, Mutable<SentinelSeen>>();
  private readonly open = new Map<string, Open>();
  private readonly lastAsked = new Map<string, number>();

  constructor(props: SceneProps = {}) {
    const { servers = 3, sentinels = 3, ...rest } = props;
    const addresses = Array.from({ length: servers }, (_, ordinal) => `s${ordinal}`);
    const observers = Array.from({ length: sentinels }, (_, ordinal) => `q${ordinal}`);
    const me = props.me ?? 's0';
    const ordinal = Number(me.slice(1));
    this.plan = {
      ordinal,
      hasServer: true,
      hasSentinel: true,
      me,
      servers: addresses,
      sentinels: observers,
      nearest: `q${ordinal % sentinels}`,
      electorId: `agent-${ordinal}`,
      sentinelIds: observers.map((address) => `id-${address}`),
      downAfter: 3000,
      failoverTimeout: 10_000,
      minReplicas: 1,
      maxLag: 2000,
      strict: true,
      persistent: true,
      whenEmpty: 'stay-down',
      whenEmptyAfter: 30_000,
      whenAbandoned: 'promote-if-certain',
      whenAbandonedAfter: 30_000,
      grace: 60_000,
      ...rest,
    };
    this.sentinelState = { master: 's0', configEpoch: EPOCH, leaderEpoch: EPOCH, currentEpoch: EPOCH, hadData: true };
    this.confirms = servers - 1;
    for (const address of addresses) this.infos.set(address, address === 's0' ? master() : replica());
    for (const address of observers) {
      this.views.set(address, view());
      this.flags.set(address, new Map());
    }
    this.forget();
    this.says('s0', { replicas: addresses.slice(1).map((address) => ({ ...follower, address })) });
    this.askAll();
  }

  /** The agent has just begun: it has asked nobody. */
  forget(): this {
    this.open.clear();
    this.lastAsked.clear();
    this.confirmed = undefined;
    this.confirmPendingSince = undefined;
    for (const address of this.plan.servers)
      this.servers.set(address, { contact: 'unknown', askedAt: -Infinity, infoAt: -Infinity, positionAt: -Infinity });
    for (const address of this.plan.sentinels)
      this.sentinels.set(address, { contact: 'unknown', askedAt: -Infinity, viewAt: -Infinity, replicasAt: -Infinity });
    return this;
  }

  /** What a server is from now on, or how it does not say so. Nothing is known of it before it is asked. */
  says(address: Address, what: Partial<ServerInfo> | Mute): this {
    if (typeof what === 'string') {
      this.infos.set(address, what);
      // The connection to the own server ends with it, so it is asked at once.
      if (address === this.plan.me && what === 'refused') this.lastAsked.delete(`info ${address}`);
      return this;
    }
    const before = this.infos.get(address);
    const role = what.role ?? (typeof before === 'object' ? before.role : 'replica');
    const base = typeof before === 'object' && before.role === role ? before : role === 'master' ? master() : replica();
    this.infos.set(address, { ...base, ...what });
    return this;
  }

  /** What it would say; undefined where it does not answer. */
  infoOf(address: Address): ServerInfo | undefined {
    const info = this.infos.get(address);
    return typeof info === 'object' ? info : undefined;
  }

  shows(address: Address, position: Position | undefined): this {
    if (position) this.positions.set(address, position);
    else this.positions.delete(address);
    return this;
  }

  /** What Sentinels say from now on; without addresses, all of them. */
  sentinelsSay(what: Partial<MasterView> | Mute, addresses: readonly Address[] = this.plan.sentinels): this {
    for (const address of addresses) {
      const before = this.views.get(address);
      const base = typeof before === 'object' ? before : view();
      this.views.set(address, typeof what === 'string' ? what : { ...base, ...what });
    }
    return this;
  }

  viewOf(address: Address): MasterView | undefined {
    const its = this.views.get(address);
    return typeof its === 'object' ? its : undefined;
  }

  /** The flags that a Sentinel holds of a server. */
  flag(sentinel: Address, server: Address, flags: string): this {
    this.flags.get(sentinel)?.set(server, flags);
    return this;
  }

  vote(sentinel: Address, vote: Vote): void {
    const seen = this.sentinels.get(sentinel);
    if (seen) seen.vote = vote;
  }

  /** The own container is in that state from now on. */
  serverIs(state: EngineProcess['state'], at = this.now): this {
    this.server = { state, since: at };
    if (state !== 'running') this.says(this.plan.me, 'refused');
    return this;
  }

  advance(ms: number): this {
    this.now += ms;
    this.goesOn?.();
    this.answer();
    return this;
  }

  /** The agent does not run for so long. */
  stall(ms: number): this {
    this.ahead += ms;
    return this;
  }

  ask(kind: Kind, address: Address): void {
    const key = `${kind} ${address}`;
    if (this.open.has(key)) return;
    this.lastAsked.set(key, this.now);
    this.asked[kind] = (this.asked[kind] ?? 0) + 1;
    this.open.set(key, { kind, address, at: this.now });
    const seen = this.servers.get(address) ?? this.sentinels.get(address);
    if (seen) seen.pendingSince ??= this.now;
  }

  /** When it was last asked. */
  askedAt(kind: Kind, address: Address): number {
    return this.lastAsked.get(`${kind} ${address}`) ?? Number.NEGATIVE_INFINITY;
  }

  /** PUBLISH and WAIT, which waits where too few replicas confirm. */
  confirm(): void {
    if (this.confirmPendingSince !== undefined) return;
    this.asked.confirmed = (this.asked.confirmed ?? 0) + 1;
    this.confirmPendingSince = this.now;
  }

  private endConfirm(): void {
    const { now, confirms, confirmPendingSince: askedAt } = this;
    if (confirms === undefined || askedAt === undefined) return;
    if (confirms < this.plan.minReplicas && now - askedAt < WAIT_MS) return;
    this.confirmPendingSince = undefined;
    this.confirmed = { askedAt, replicas: confirms };
    this.hasNews = true;
  }

  /** Everybody is asked now, and those that answer have. */
  askAll(): this {
    for (const address of this.plan.servers) for (const kind of ['info', 'position'] as const) this.ask(kind, address);
    for (const address of this.plan.sentinels)
      for (const kind of ['view', 'replicas'] as const) this.ask(kind, address);
    this.confirm();
    const { latency } = this;
    this.latency = 0;
    this.answer();
    this.latency = latency;
    return this;
  }

  /** What was asked long enough ago is answered, where it is. */
  private answer(): void {
    this.endConfirm();
    for (const [key, { kind, address, at }] of this.open) {
      const truth = this.infos.get(address) ?? this.views.get(address);
      const seen = this.servers.get(address) ?? this.sentinels.get(address);
      if (!seen || this.now - at < this.latency) continue;
      if (truth === 'silent') {
        if (this.now - at < SILENT_MS) continue;
        seen.contact = 'silent';
        seen.askedAt = at;
        this.open.delete(key);
        this.hasNews = true;
        continue;
      }
      this.open.delete(key);
      this.hasNews = true;
      seen.contact = typeof truth === 'string' ? truth : 'answered';
      seen.askedAt = Math.max(seen.askedAt, at);
      seen.answeredAt = this.now;
      seen.pendingSince = undefined;
      if (typeof truth === 'object') this.take(kind, address, at);
    }
  }

  private take(kind: Kind, address: Address, at: number): void {
    const server = this.servers.get(address);
    const sentinel = this.sentinels.get(address);
    const truth = this.infos.get(address);
    if (server && kind === 'info' && typeof truth === 'object') Object.assign(server, { info: truth, infoAt: at });
    if (server && kind === 'position') Object.assign(server, { position: this.positions.get(address), positionAt: at });
    if (sentinel && kind === 'view') Object.assign(sentinel, { view: this.viewOf(address), viewAt: at });
    if (sentinel && kind === 'replicas')
      Object.assign(sentinel, { replicas: new Map(this.flags.get(address)), replicasAt: at });
  }

  known(): Known {
    const copy = <T extends object>(map: ReadonlyMap<Address, T>) =>
      new Map([...map].map(([address, seen]) => [address, { ...seen }]));
    const { now, plan, server, sentinel, data, sentinelState, confirmed, confirmPendingSince } = this;
    const { handOverAsked, promoteOrdered, isProxied, cpu } = this;
    return {
      now,
      realNow: now + this.ahead,
      plan,
      servers: copy(this.servers),
      sentinels: copy(this.sentinels),
      server,
      sentinel,
      data,
      sentinelState,
      confirmed,
      confirmPendingSince,
      handOverAsked,
      promoteOrdered,
      isProxied,
      sentinelCpu: cpu,
      results: new Map(this.results),
    };
  }
}

export const follower = { offset: OFFSET, lagMs: 0, online: true };

export function master(): ServerInfo {
  return {
    role: 'master',
    loading: false,
    offset: OFFSET,
    priority: -1,
    master: '',
    linkUp: false,
    syncing: false,
    heardMs: 0,
    linkDownMs: 0,
    replicas: [],
    changes: 10,
    rewriting: false,
  };
}

export function replica(): ServerInfo {
  return { ...master(), role: 'replica', priority: 100, master: 's0', linkUp: true };
}

/** A replica whose master has just died. */
export const ORPHAN: Partial<ServerInfo> = { role: 'replica', linkUp: false, heardMs: Infinity, linkDownMs: 0 };
/** A replica that was never let in. */
export const NEVER_LET_IN: Partial<ServerInfo> = { ...ORPHAN, priority: 0, linkDownMs: Infinity };

function view(): MasterView {
  return {
    master: 's0',
    epoch: EPOCH,
    subjectivelyDown: false,
    objectivelyDown: false,
    failoverInProgress: false,
    elected: false,
    met: true,
    heardMs: 200,
    hasLinkedReplica: true,
  };
}

/** Numbers for orders, from 1 on. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}
