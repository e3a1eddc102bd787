import type { Clock } from '../agent/program/clock.js';
import { type Decision, newMemory, decide as realDecide } from '../agent/program/decide/agent.js';
import type { EngineProcess, Known, Plan, Result } from '../agent/program/decide/known.js';
import type { Memory } from '../agent/program/decide/memory.js';
import type { Needs } from '../agent/program/decide/orders.js';
import { Pace } from '../agent/program/know/pace.js';
import { OWN_LEAST_PAUSE_MS, OWN_SENTINEL_PAUSE_MS, ownServerPause } from '../agent/program/know/pauses.js';
import { LOOK_AT_FILES_MS } from '../agent/program/know/rhythm.js';
import { carryOut } from './act.js';
import type { Timer } from './events.js';
import type { Pod } from './pod.js';
import type { Process } from './process.js';
import {
  type Confirmed,
  confirmQuestion,
  type SentinelState,
  type ServerState,
  sentinelQuestions,
  sentinelUnseen,
  serverQuestions,
  serverUnseen,
} from './questions.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';
import { type MutableSeen, Target } from './target.js';
import type { World } from './world.js';

export type Decide = (known: Known, memory: Memory) => Decision;

/** What comes within so many ms is decided on together; where nothing is broken more, to save time. */
const COALESCE_MS = 0.5;
const COALESCE_QUIET_MS = 5;
const RESULTS_FOR_MS = 30_000;

/**
 * One life of an agent's process: the real decisions, and in the place of its driver (know/ and act/) this: it keeps what is
 * known, asks what is needed, and has the orders carried out. Its clock is the agent's own.
 *
 * Simpler than the agent: no password, no certificate; what a Sentinel's processor does is not known.
 */
export class Agent {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly servers = new Map<string, ServerState>();
  readonly sentinels = new Map<string, SentinelState>();
  readonly serverTargets = new Map<string, Target>();
  readonly sentinelTargets = new Map<string, Target>();
  private readonly ofServers: readonly Target[];
  private readonly ofSentinels: readonly Target[];
  /** All that are asked. */
  private readonly targets: readonly Target[];
  readonly results = new Map<number, Result>();
  private readonly resultsAt: { readonly number: number; readonly at: number }[] = [];
  dead = false;
  private memory: Memory;
  private own?: Target;
  private readonly nearest: Target;
  private confirm?: Target;
  private readonly confirmSeen: MutableSeen = { contact: 'unknown', askedAt: Number.NEGATIVE_INFINITY };
  private confirmed?: Confirmed;
  private goneSince?: number;
  private timer?: Timer;
  private decideDue = false;
  private readonly pace = new Pace();
  private stops = 0;
  private inbox: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly pod: Pod,
    readonly host: number,
    private readonly decide: Decide = realDecide,
  ) {
    this.plan = pod.plan;
    this.clock = world.newClock();
    this.memory = newMemory(pod.recall());
    for (const server of world.servers) this.meetServer(server);
    for (const sentinel of world.sentinels) this.meetSentinel(sentinel);
    this.meetOwn();
    this.ofServers = [...this.serverTargets.values()];
    this.ofSentinels = [...this.sentinelTargets.values()];
    this.targets = [...this.ofServers, ...this.ofSentinels, ...(this.confirm ? [this.confirm] : [])];
    this.nearest = this.sentinelTargets.get(this.plan.nearest) as Target;
    this.changed();
  }

  get name(): string {
    return `agent-${this.pod.name}`;
  }

  private meetServer(server: Server): void {
    const seen = serverUnseen();
    this.servers.set(server.address, seen);
    const isOwn = server === this.pod.server;
    const target = new Target(this, {
      process: server,
      seen,
      questions: serverQuestions(server, seen),
      ...(isOwn && {
        standingOnly: true,
        leastPause: OWN_LEAST_PAUSE_MS,
        reconnectPause: (now: number) => this.ownPause(now),
        onLost: () => {
          this.own?.expire('info');
          this.changed();
        },
      }),
    });
    this.serverTargets.set(server.address, target);
    if (isOwn) this.own = target;
  }

  private meetOwn(): void {
    const { server } = this.pod;
    if (server === undefined) return;
    this.confirm = new Target(this, {
      process: server,
      seen: this.confirmSeen,
      standingOnly: true,
      reconnectPause: (now) => this.ownPause(now),
      questions: confirmQuestion(server, this.plan.minReplicas, (confirmed) => {
        const isSame = confirmed.replicas === this.confirmed?.replicas && confirmed.replicas >= this.plan.minReplicas;
        this.confirmed = confirmed;
        return isSame && 'same';
      }),
    });
  }

  private meetSentinel(sentinel: Sentinel): void {
    const seen = sentinelUnseen();
    this.sentinels.set(sentinel.address, seen);
    const isOwn = sentinel === this.pod.sentinel;
    const target = new Target(this, {
      process: sentinel,
      seen,
      ...(isOwn && { reconnectPause: () => OWN_SENTINEL_PAUSE_MS }),
      questions: sentinelQuestions(sentinel, seen, isOwn),
    });
    this.sentinelTargets.set(sentinel.address, target);
  }

  // Time.

  now(): number {
    return this.clock.now();
  }

  later(ms: number, run: () => void): void {
    this.world.events.after(ms, () => this.take(run));
  }

  /** An answer is on its way back from there. */
  answered(from: Process, since: number, run: () => void): void {
    from.send(this.host, () => this.take(run), since);
  }

  private take(run: () => void): void {
    if (this.dead) return;
    if (this.stops > 0) this.inbox.push(run);
    else run();
  }

  get stopped(): boolean {
    return this.stops > 0;
  }

  /** It gets no processor, until what is returned is called. */
  stop(): () => void {
    this.stops++;
    return () => {
      if (--this.stops > 0 || this.dead) return;
      this.pod.agentBackAt = this.world.events.now;
      const { inbox } = this;
      this.inbox = [];
      // Which comes first after a stop is a matter of chance: what lies in the sockets, or the timers.
      const timersFirst = this.world.random.chance(0.5);
      if (timersFirst) this.round();
      for (const run of inbox) run();
      if (!timersFirst) this.round();
    };
  }

  end(): void {
    this.dead = true;
    this.timer?.cancel();
  }

  /** Something is known that was not known before. */
  changed(): void {
    if (this.decideDue || this.dead) return;
    this.decideDue = true;
    this.later(this.world.isQuiet ? COALESCE_QUIET_MS : COALESCE_MS, () => this.round());
  }

  /** What was awaited has come, and says what is known. */
  unchanged(): void {
    if (!this.pace.isAtEase) this.changed();
  }

  /** Another process has ended, or its clients' connections were ended. */
  closed(process: Process, life: number): void {
    this.take(() => {
      for (const target of this.targets) target.closed(process, life);
    });
  }

  /** The nearest Sentinel tells its subscribers. */
  told(): void {
    this.take(() => {
      this.nearest.expire('view');
      this.changed();
    });
  }

  // One round: know, decide, act, ask.

  private round(): void {
    if (this.dead || this.stops > 0) return;
    this.decideDue = false;
    const now = this.now();
    let due = now + LOOK_AT_FILES_MS;
    for (const target of this.targets) due = Math.min(due, target.tend(now));
    const { contact } = (this.own?.seen ?? this.confirmSeen) as MutableSeen;
    if (contact !== 'refused') this.goneSince = undefined;
    else this.goneSince ??= now;
    this.forgetResults(now);
    const decision = this.decide(this.known(now), this.memory);
    this.world.decisions++;
    if (decision.memory.durable !== this.memory.durable) this.pod.remember(decision.memory.durable);
    this.memory = decision.memory;
    for (const line of decision.say) this.world.note(() => [this.name, line]);
    this.decision = decision;
    for (const order of decision.orders) carryOut(this, order);
    this.pace.decided(decision, now, due);
    this.ask(now);
  }

  private ask(now: number): void {
    const next = this.pace.sleepsUntil(now, this.want(this.pace.needs, now), this.awaits);
    this.clock.expect(next);
    this.timer?.cancel();
    this.timer = this.world.events.after(Math.max(1, next - now), () => this.take(() => this.wake()));
  }

  private get awaits(): boolean {
    return this.own?.awaits === true || this.confirm?.awaits === true;
  }

  /** It has slept for as long as it could. */
  private wake(): void {
    if (this.dead || this.stops > 0) return;
    const now = this.now();
    if (this.pace.onlyAsks(now, this.awaits)) this.ask(now);
    else this.round();
  }

  private decision?: Decision;

  /** Why each decision did what it did, the last time. */
  get why(): Readonly<Record<string, string>> {
    return this.decision?.why ?? {};
  }

  private known(now: number): Known {
    const { pod } = this;
    return {
      now,
      realNow: this.world.events.now,
      plan: this.plan,
      servers: this.servers,
      sentinels: this.sentinels,
      server: this.processOf(pod.serverContainer),
      sentinel: this.processOf(pod.sentinelContainer),
      data: pod.data,
      sentinelState: pod.sentinelState,
      confirmed: this.confirmed,
      confirmPendingSince: this.confirmSeen.pendingSince,
      handOverAsked: this.handOverAsked(now),
      promoteOrdered: pod.run.promoteOrdered,
      results: this.results,
    };
  }

  private readonly processes = new Map<object, EngineProcess & { readonly change: number }>();

  /** With the time at which this agent saw the change. */
  private processOf(container: { readonly state: EngineProcess['state']; readonly changes: number }): EngineProcess {
    const seen = this.processes.get(container);
    if (seen?.change === container.changes) return seen;
    const { state, changes } = container;
    const fresh = { state, since: this.now(), change: changes };
    this.processes.set(container, fresh);
    if (container === this.pod.serverContainer && state === 'running') this.confirmed = undefined;
    return fresh;
  }

  private handOverSince?: number;

  private handOverAsked(now: number): number | undefined {
    if (!this.pod.run.handOverAsked) this.handOverSince = undefined;
    else this.handOverSince ??= now;
    return this.handOverSince;
  }

  private want(needs: Needs, now: number): number {
    let next = Number.POSITIVE_INFINITY;
    const { own, servers, positions, confirmed, sentinels, allReplicas } = needs;
    for (const target of this.ofServers) {
      if (target === this.own) {
        if (own !== undefined) next = Math.min(next, target.want('info', target.standing ? own : 0, now));
      } else if (servers !== undefined) next = Math.min(next, target.want('info', servers, now));
      if (positions !== undefined) next = Math.min(next, target.want('position', positions, now));
      if (target === this.own && confirmed !== undefined && target.standing) {
        next = Math.min(next, (this.confirm as Target).want('confirm', confirmed, now));
      }
    }
    for (const target of this.ofSentinels) {
      const nearest = target === this.nearest;
      const wanted = nearest ? least(needs.nearest, sentinels) : sentinels;
      // One that is just starting is asked as soon as it listens.
      const view = wanted !== undefined && nearest && this.plan.hasSentinel && !target.standing ? 0 : wanted;
      const replicas = nearest ? least(needs.replicas, allReplicas) : allReplicas;
      if (view !== undefined) next = Math.min(next, target.want('view', view, now));
      if (replicas !== undefined) next = Math.min(next, target.want('replicas', replicas, now));
    }
    return next;
  }

  private ownPause(now: number): number {
    return ownServerPause(this.processOf(this.pod.serverContainer), this.goneSince, now);
  }

  // Results of orders.

  result(number: number | undefined, result: Result): void {
    if (number === undefined) return;
    this.results.set(number, result);
    this.resultsAt.push({ number, at: this.now() });
    this.changed();
  }

  private forgetResults(now: number): void {
    for (;;) {
      const [first] = this.resultsAt;
      if (first === undefined || now - first.at < RESULTS_FOR_MS) return;
      this.resultsAt.shift();
      this.results.delete(first.number);
    }
  }
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
