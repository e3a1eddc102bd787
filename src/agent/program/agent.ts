import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { Actor } from './act/actor.js';
import { Engines } from './act/engines.js';
import { Results } from './act/results.js';
import { SentinelOrders } from './act/sentinel-orders.js';
import { VolumeFacts } from './act/volume-facts.js';
import { type Decision, decide, newMemory } from './decide/agent.js';
import { mayBeReached } from './decide/door.js';
import type { Known } from './decide/known.js';
import type { Memory } from './decide/memory.js';
import { freshInfo } from './decide/views.js';
import { ExporterPasswords } from './exporter.js';
import { Pace } from './know/pace.js';
import { LOOK_AT_FILES_MS, Rhythm } from './know/rhythm.js';
import { SentinelEvents } from './know/sentinel-events.js';
import { Sentinels } from './know/sentinels.js';
import { Servers } from './know/servers.js';
import { ListedChange } from './listed-change.js';
import { Lives } from './lives.js';
import type { Waiting } from './log.js';
import { PasswordChange, passwordChanges } from './password-change.js';
import { Renewal } from './renewal.js';
import { StaleVotes } from './stale-votes.js';
import type { Surroundings } from './surroundings.js';
import { Tally } from './tally.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Each proxy asks several times a second; longer ago there is none any more, ms. */
const PROXY_FRESH_MS = 2000;
/** What the own server said longer ago is not taken for what it is, ms: it is asked once a second. */
const FRESH_MS = 5000;

/**
 * The driver: what comes in (an answer, the end of a connection, a file, the time) changes what is known; then all decisions
 * are taken anew, their orders are carried out, and what they need to know is asked for.
 */
export class Agent {
  readonly known: Mutable<Known>;
  readonly tally = new Tally();
  /** One for each Secret. */
  readonly passwordChanges: readonly PasswordChange[];
  /** Absent: there is no TLS. */
  readonly renewal?: Renewal;
  private readonly staleVotes?: StaleVotes;
  /** Absent: there are no users. */
  readonly listedChange?: ListedChange;
  memory: Memory;
  decision?: Decision;
  /** When decisions were last taken, in real ms. */
  decidedAt = -Infinity;
  private readonly servers: Servers;
  private readonly sentinels: Sentinels;
  private readonly events: SentinelEvents;
  private readonly lives: Lives;
  private readonly actor: Actor;
  private readonly exporter: ExporterPasswords;
  private scheduled = false;
  private readonly files = new Rhythm(LOOK_AT_FILES_MS);
  private proxyAskedAt = -Infinity;
  private stalledAt?: number;
  private timer?: NodeJS.Timeout;
  private readonly pace = new Pace();
  /** When the next question is due. */
  private askAt = Number.POSITIVE_INFINITY;
  private watcher?: FSWatcher;

  /**
   * @param around whose `changed` calls `this.changed`
   * @param decided called after each time that decisions were taken
   */
  constructor(
    private readonly around: Surroundings,
    waiting: Waiting,
    private readonly decided: () => void,
  ) {
    const { settings, plan, clock } = around;
    this.servers = new Servers(around);
    this.sentinels = new Sentinels(around);
    this.events = new SentinelEvents(around, () => this.sentinels.expireNearest());
    const facts = new VolumeFacts(settings.dataDir);
    const somebodyAnswers = () => this.servers.own?.watch.link.standingSince !== undefined;
    this.lives = new Lives(around, facts, waiting, somebodyAnswers);
    const { redis, sentinel, volume } = this.lives;
    const results = new Results(
      () => clock.now(),
      () => around.changed(),
    );
    const orders = new SentinelOrders(around, this.sentinels, results);
    const engines = new Engines(around, redis, sentinel, volume, (life) => this.lives.started(life));
    this.actor = new Actor(around, this.servers, orders, engines, facts, results);
    this.passwordChanges = passwordChanges(around).map(
      (change) => new PasswordChange(around, change, this.servers, this.sentinels, orders),
    );
    const sentinelRuns = () => sentinel.process.state === 'running';
    const endSentinel = () => this.actor.carryOut({ do: 'end-sentinel' });
    this.renewal =
      around.trust && new Renewal(around, around.trust, this.servers, this.sentinels, sentinelRuns, endSentinel);
    // Redis itself forgets votes that are over.
    if (plan.hasSentinel && settings.engine === 'valkey') {
      this.staleVotes = new StaleVotes(around, this.sentinels, sentinelRuns, endSentinel);
    }
    const { listed, accounts } = around;
    this.listedChange = listed && new ListedChange(around, listed, accounts, this.servers, this.sentinels);
    this.exporter = new ExporterPasswords(settings, around.passwords, around.sentinelPasswords, around.say);
    this.known = {
      now: clock.now(),
      realNow: clock.realNow(),
      plan,
      servers: this.servers.seen,
      sentinels: this.sentinels.seen,
      server: redis.process,
      sentinel: sentinel.process,
      data: this.lives.data,
      sentinelState: this.lives.sentinelState,
      promoteOrdered: false,
      results: results.map,
    };
    if (this.files.isUp(this.known.now)) this.lookAtFiles(this.known.now);
    this.memory = newMemory(this.lives.recall());
  }

  /** Where the change of each password stands, by whose it is. */
  get passwordStates(): Readonly<Record<string, string>> {
    const own = this.passwordChanges.map(({ of, why }) => [of, why] as const);
    return { ...Object.fromEntries(own), ...this.listedChange?.states };
  }

  /** Whether others may be led to that engine of this pod, where they come through this agent. */
  mayBeReached(part: 'redis' | 'sentinel'): boolean {
    if (part === 'sentinel') return this.known.sentinel.state === 'running';
    return mayBeReached(this.known, this.lives.hasStarted, this.stalledAt);
  }

  /** It did not run for so long that another server may be master. */
  stalled(): void {
    this.stalledAt = this.around.clock.now();
    this.changed();
  }

  start(): void {
    const { runDir } = this.around.settings;
    this.watcher = watch(runDir, { persistent: false }, () => {
      this.files.hurry();
      this.changed();
    });
    // Without it the files are looked at once a second.
    this.watcher.on('error', () => this.watcher?.close());
    this.pass();
  }

  /** Something is known that was not known before. What comes at the same time is decided on at once. */
  changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.pass());
  }

  /** What was awaited has come, and says what is known. */
  unchanged(): void {
    if (!this.pace.isAtEase) this.changed();
    else if (!this.scheduled) this.sleep(this.around.clock.now());
  }

  /** A proxy asks whether the server is master. */
  askedByProxy(): void {
    this.proxyAskedAt = this.around.clock.now();
  }

  private pass(): void {
    this.scheduled = false;
    const { clock, say } = this.around;
    const now = clock.now();
    if (this.files.isUp(now)) this.lookAtFiles(now);
    const due = Math.min(
      this.files.due,
      this.servers.tend(now),
      this.sentinels.tend(now),
      this.events.tend(now),
      ...this.passwordChanges.map((change) => change.tend(now)),
      this.listedChange?.tend(now) ?? Number.POSITIVE_INFINITY,
      this.exporter.tend(now),
      this.renewal?.tend(now) ?? Number.POSITIVE_INFINITY,
      this.staleVotes?.tend(now) ?? Number.POSITIVE_INFINITY,
    );
    this.bringUpToDate(now);
    const decision = decide(this.known, this.memory);
    this.decision = decision;
    this.decidedAt = this.known.realNow;
    this.memory = decision.memory;
    for (const line of decision.say) {
      say(line);
      this.tally.count(line);
    }
    for (const order of decision.orders) this.actor.carryOut(order);
    this.lives.remember(this.memory.durable, this.known);
    this.decided();
    this.pace.decided(decision, now, due);
    this.ask(now);
  }

  private ask(now: number): void {
    const { needs } = this.pace;
    this.askAt = Math.min(this.servers.want(needs, now), this.sentinels.want(needs, now));
    this.sleep(now);
  }

  /** It has slept for as long as it could. */
  private wake(): void {
    const now = this.around.clock.now();
    if (this.pace.onlyAsks(now, this.awaits)) this.ask(now);
    else this.pass();
  }

  private get awaits(): boolean {
    return this.servers.own?.awaits === true;
  }

  private bringUpToDate(now: number): void {
    const { known } = this;
    const { own } = this.servers;
    known.now = now;
    known.realNow = this.around.clock.realNow();
    known.confirmed = own?.confirmed;
    known.confirmPendingSince = own?.confirmPendingSince;
    known.sentinelCpu = this.sentinels.cpu;
    known.isProxied = now - this.proxyAskedAt < PROXY_FRESH_MS;
    known.data = this.lives.data;
    known.sentinelState = this.lives.sentinelState;
    own?.does(known.server);
    const seen = known.servers.get(known.plan.me);
    if (!known.plan.hasServer) return;
    this.tally.silence(seen?.pendingSince, now);
    this.tally.role(freshInfo(seen, now - FRESH_MS)?.role);
  }

  private sleep(now: number): void {
    const due = Math.max(now + 1, this.pace.sleepsUntil(now, this.askAt, this.awaits));
    this.around.clock.expect(due);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), Math.ceil(due - now));
  }

  private lookAtFiles(now: number): void {
    const { runDir } = this.around.settings;
    this.lives.look(now);
    const asked = existsSync(join(runDir, 'hand-over.asked'));
    this.known.handOverAsked = asked ? (this.known.handOverAsked ?? now) : undefined;
    this.known.promoteOrdered = existsSync(join(runDir, 'promote'));
  }
}
