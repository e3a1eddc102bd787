import { decideCandidacy } from './candidacy.js';
import { decideCare } from './care.js';
import { decideCrash } from './crash.js';
import { decideCutOff } from './cut-off.js';
import { decideDemotion } from './demotion.js';
import { decideDisagreement } from './disagreement.js';
import { decideFence } from './fence.js';
import { decideHandOver, isHandingOver, isPromoting } from './hand-over.js';
import { decideHang } from './hang.js';
import { decideHeldConnections } from './held-connections.js';
import type { Known } from './known.js';
import type { Memory, WaitingMemory } from './memory.js';
import type { Needs, Order, Step } from './orders.js';
import { decideProclamation } from './proclamation.js';
import { decideSentinel } from './sentinel.js';
import { decideSpinning } from './spinning.js';
import { decideStart } from './start.js';
import { decideStuck } from './stuck.js';
import { decideTakeover } from './takeover.js';

/** What all decisions come to, at one moment. */
export interface Decision {
  readonly memory: Memory;
  readonly orders: readonly Order[];
  readonly needs: Needs;
  /** Lines for the log. */
  readonly say: readonly string[];
  /** Why each decision does what it does, or nothing. */
  readonly why: Readonly<Record<string, string>>;
  /** What the server (or the Sentinel of a pod without one) waits for, and since when; undefined where it does not wait. */
  readonly waiting?: { readonly reason: string; readonly since: number };
  /** Decide again after so many ms although nothing new has come. */
  readonly again: number;
}

/** The safety net: decided again at least so often, ms. */
const SAFETY_NET_MS = 1000;

/**
 * All decisions of an agent, one after the other, each with its own memory. No I/O, no clock, no chance: the same knowledge
 * and memory always come to the same orders.
 */
export function decide(known: Known, memory: Memory): Decision {
  const { plan } = known;
  const round = new Round(memory.numbers);
  const { nextNumber } = round;
  let { durable } = memory;

  const sentinel = round.take('sentinel', decideSentinel(known, { sentinel: memory.sentinel, durable }));
  durable = sentinel.durable;
  const spinning = round.take('spinning', decideSpinning(known, memory.spinning));
  if (!plan.hasServer) {
    const isWaiting = known.sentinel.state === 'waiting' && sentinel.sentinel.startedAt === undefined;
    const reason = isWaiting ? round.reasonOf('sentinel') : undefined;
    const waiting = round.sayWaiting(known.now, memory.waiting, reason);
    return round.end({ ...memory, waiting, sentinel: sentinel.sentinel, spinning, durable, numbers: round.numbers });
  }

  const handOver = round.take('hand-over', decideHandOver(known, memory.handOver, nextNumber));
  const undisturbed = !isHandingOver(handOver) && !durable.fenced;
  const followed = memory.care.role === 'replica' ? memory.care.followed : undefined;
  const started = round.take('start', decideStart(known, { start: memory.start, durable }, nextNumber));
  const { start } = started;
  durable = started.durable;
  const cared = round.take('care', decideCare(known, { care: memory.care, durable }, undisturbed));
  durable = cared.durable;
  const isolated = round.take('cut-off', decideCutOff(known, { cutOff: memory.cutOff, durable }));
  durable = isolated.durable;
  const fenced = round.take('fence', decideFence(known, { fence: memory.fence, durable }, !isHandingOver(handOver)));
  durable = fenced.durable;
  const held = round.take('held', decideHeldConnections(known, memory.held, handOver, durable.fenced));
  const hang = round.take('hang', decideHang(known, memory.hang, durable.seenAsMaster));
  const turnedFrom = cared.care.role === 'master' ? followed : undefined;
  const demotion = round.take('demotion', decideDemotion(known, memory.demotion, !isHandingOver(handOver), turnedFrom));
  const crash = round.take('crash', decideCrash(known, memory.crash, nextNumber, isPromoting(handOver)));
  const takeover = round.take('takeover', decideTakeover(known, memory.takeover, nextNumber));
  const standing = round.take(
    'candidacy',
    decideCandidacy(known, { candidacy: memory.candidacy, durable }, nextNumber),
  );
  durable = standing.durable;
  const isOurs = [memory.takeover, memory.candidacy].some(({ switching, promoted }) => switching ?? promoted);
  const proclamation = round.take(
    'proclamation',
    decideProclamation(known, memory.proclamation, turnedFrom, isOurs, nextNumber),
  );
  const disagreement = round.take(
    'disagreement',
    decideDisagreement(known, memory.disagreement, !isHandingOver(handOver), nextNumber),
  );
  const stuck = round.take('stuck', decideStuck(known, memory.stuck, durable.candidate !== undefined));
  const awaitsMaster = durable.candidate !== undefined || standing.candidacy.waitingSince !== undefined;
  const reason = waitsFor(known, start.startedAt !== undefined, awaitsMaster, round);
  const waiting = round.sayWaiting(known.now, memory.waiting, reason);
  // Each part by name, not spread from what was: a simulation comes by here some ten thousand times a second.
  return round.end({
    durable,
    numbers: round.numbers,
    start,
    care: cared.care,
    cutOff: isolated.cutOff,
    fence: fenced.fence,
    hang,
    demotion,
    crash,
    proclamation,
    disagreement,
    takeover,
    stuck,
    candidacy: standing.candidacy,
    handOver,
    held,
    sentinel: sentinel.sentinel,
    spinning,
    waiting,
  });
}

function waitsFor(known: Known, ordered: boolean, awaitsMaster: boolean, round: Round): string | undefined {
  if (known.server.state === 'waiting') return ordered ? undefined : round.reasonOf('start');
  return awaitsMaster ? round.reasonOf('candidacy') : undefined;
}

/** A reason that is gone sooner is not worth a line, ms. */
const SAY_AFTER_MS = 1000;
const SAY_AGAIN_MS = 30_000;
const SAID_KEPT = 8;

/** Gathers what the decisions come to. */
class Round {
  private readonly orders: Order[] = [];
  private readonly say: string[] = [];
  private readonly needs = newNeeds();
  private readonly names: string[] = [];
  private readonly reasons: string[] = [];
  private again = SAFETY_NET_MS;

  constructor(public numbers: number) {}

  readonly nextNumber = (): number => {
    this.numbers++;
    return this.numbers;
  };

  take<M>(name: string, step: Step<M>): M {
    for (const order of step.orders) this.orders.push(order);
    if (step.say) for (const line of step.say) this.say.push(line);
    for (const key in step.needs) {
      const kind = key as keyof Needs;
      const age = step.needs[kind];
      const known = this.needs[kind];
      if (age !== undefined && (known === undefined || age < known)) this.needs[kind] = age;
    }
    this.names.push(name);
    this.reasons.push(step.why);
    if (step.again !== undefined && step.again < this.again) this.again = step.again;
    return step.memory;
  }

  reasonOf(name: string): string | undefined {
    return this.reasons[this.names.indexOf(name)];
  }

  sayWaiting(now: number, memory: WaitingMemory, reason: string | undefined): WaitingMemory {
    if (reason === undefined) return memory.reason === undefined ? memory : { since: now };
    const since = memory.reason === undefined ? now : memory.since;
    const changedAt = memory.reason === reason ? (memory.changedAt ?? now) : now;
    const said = memory.said ?? [];
    const saidAt = said.find((one) => one.reason === reason)?.at ?? Number.NEGATIVE_INFINITY;
    const isNew = now - changedAt >= SAY_AFTER_MS && now - saidAt >= SAY_AGAIN_MS;
    // Reasons that take turns, each too short to be said.
    const isMute = now - (said[0]?.at ?? since) >= SAY_AGAIN_MS;
    if (!isNew && !isMute) return { reason, since, changedAt, said };
    this.say.push(`waiting ${reason}`);
    const before = said.filter((one) => one.reason !== reason).slice(0, SAID_KEPT - 1);
    return { reason, since, changedAt, said: [{ reason, at: now }, ...before] };
  }

  end(memory: Memory): Decision {
    const { orders, say, needs, names, reasons, again } = this;
    const { reason, since } = memory.waiting;
    const waiting = reason === undefined ? undefined : { reason, since };
    return new Decided(memory, orders, needs, say, waiting, again, names, reasons);
  }
}

/** Seldom does anybody ask why: that is put together only then. */
class Decided implements Decision {
  constructor(
    readonly memory: Memory,
    readonly orders: readonly Order[],
    readonly needs: Needs,
    readonly say: readonly string[],
    readonly waiting: Decision['waiting'],
    readonly again: number,
    private readonly names: readonly string[],
    private readonly reasons: readonly string[],
  ) {}

  get why(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.names.map((name, index) => [name, this.reasons[index] as string]));
  }
}

/** All kinds by name, so that they are found in the same place each time. */
function newNeeds(): Needs {
  return {
    own: undefined,
    servers: undefined,
    positions: undefined,
    nearest: undefined,
    sentinels: undefined,
    replicas: undefined,
    allReplicas: undefined,
    confirmed: undefined,
    cpu: undefined,
  };
}

export { newMemory } from './memory.js';
