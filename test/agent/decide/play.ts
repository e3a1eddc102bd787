import { type Decision, decide, newMemory } from '../../../src/agent/program/decide/agent.js';
import type { Known, Vote } from '../../../src/agent/program/decide/known.js';
import type { Durable, Memory } from '../../../src/agent/program/decide/memory.js';
import type { Needs, Order, Step } from '../../../src/agent/program/decide/orders.js';
import type { Scene } from './known.js';

const UP = { subjectivelyDown: false, objectivelyDown: false, failoverInProgress: false };
const TICK_MS = 10;
/** A decision that says nothing of it is taken again after that, ms. */
const SAFETY_NET_MS = 1000;

export interface Given {
  /** ms since the beginning of the play. */
  readonly at: number;
  readonly order: Order;
}

type Stepped<M> = Omit<Step<M>, 'why'> & { readonly why: unknown };

/**
 * Plays time: what a decision needs is asked, answers come, it decides again when something new is known or when it wants to,
 * and what it orders is carried out as if all worked. `onOrder` may do otherwise.
 */
export class Play<M> {
  readonly given: Given[] = [];
  readonly said: string[] = [];
  decisions = 0;
  needs: Needs = {};
  why: unknown;
  /** @returns true where nothing else is to come of the order */
  onOrder: (order: Order) => boolean | undefined = () => undefined;
  /** What a Sentinel answers to one who asks for its vote. @default - it votes for whoever asks first in an epoch */
  votes?: (sentinel: string, epoch: number) => Omit<Vote, 'order'> | undefined;
  private readonly began: number;
  private again = 0;
  private decidedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly scene: Scene,
    public memory: M,
    private readonly step: (known: Known, memory: M) => Stepped<M>,
  ) {
    this.began = scene.now;
  }

  get at(): number {
    return this.scene.now - this.began;
  }

  /** Orders of a kind, or all. */
  orders(kind?: Order['do']): Order[] {
    return this.given.map(({ order }) => order).filter((order) => kind === undefined || order.do === kind);
  }

  /** Plays so long. */
  run(ms: number): this {
    return this.until(() => false, ms);
  }

  /** Plays until that is so, or for so long. */
  until(isSo: () => boolean, ms: number): this {
    const end = this.scene.now + ms;
    while (!isSo() && this.scene.now < end) {
      this.turn();
      this.scene.advance(TICK_MS);
    }
    return this;
  }

  private turn(): void {
    const { scene } = this;
    this.askWhatIsNeeded();
    const isNew = scene.hasNews;
    scene.hasNews = false;
    if (!isNew && scene.now - this.decidedAt < this.again && this.decisions > 0) return;
    const { memory, orders, needs, say = [], why, again } = this.step(scene.known(), this.memory);
    this.memory = memory;
    this.needs = needs;
    this.why = why;
    this.again = Math.min(again ?? SAFETY_NET_MS, SAFETY_NET_MS);
    this.decidedAt = scene.now;
    this.decisions++;
    this.said.push(...say);
    for (const order of orders) {
      this.given.push({ at: this.at, order });
      if (!this.onOrder(order)) this.carryOut(order);
    }
  }

  private askWhatIsNeeded(): void {
    const { scene, needs } = this;
    const { plan, now } = scene;
    const ask = (kind: 'info' | 'position' | 'view' | 'replicas', addresses: readonly string[], age?: number) => {
      for (const address of addresses) {
        if (age === undefined || now - scene.askedAt(kind, address) < age) continue;
        scene.ask(kind, address);
      }
    };
    const others = plan.servers.filter((address) => address !== plan.me);
    if (plan.hasServer) ask('info', [plan.me], needs.own);
    ask('info', others, needs.servers);
    ask('position', plan.servers, needs.positions);
    ask('view', [plan.nearest], needs.nearest);
    ask('view', plan.sentinels, needs.sentinels);
    ask('replicas', [plan.nearest], needs.replicas);
    ask('replicas', plan.sentinels, needs.allReplicas);
    const confirmedAt = scene.confirmed?.askedAt ?? Number.NEGATIVE_INFINITY;
    if (needs.confirmed !== undefined && now - confirmedAt >= needs.confirmed && scene.server.state === 'running') {
      scene.confirm();
    }
    scene.advance(0);
  }

  private carryOut(order: Order): void {
    const { scene } = this;
    const { plan } = scene;
    const done = (number: number | undefined) => {
      if (number !== undefined) scene.results.set(number, 'done');
    };
    switch (order.do) {
      case 'start-server':
        scene.serverIs('running');
        scene.says(plan.me, order.as === 'master' ? { role: 'master' } : { role: 'replica', master: order.master });
        if (order.as !== 'master') scene.says(plan.me, { linkUp: false, priority: 0, linkDownMs: Infinity });
        break;
      case 'set-priority':
        if (scene.infoOf(plan.me)?.role === 'replica') scene.says(plan.me, { priority: order.value });
        break;
      case 'follow':
        if (!scene.infoOf(order.server)) break;
        scene.says(
          order.server,
          order.master === undefined
            ? { role: 'master' }
            : { role: 'replica', master: order.master, linkUp: true, heardMs: 0, linkDownMs: 0 },
        );
        done(order.number);
        break;
      case 'mark':
        if (scene.infoOf(plan.me)) scene.says(plan.me, { changes: (scene.infoOf(plan.me)?.changes ?? 0) + 1 });
        break;
      case 'show-position':
        scene.shows(plan.me, order.position);
        break;
      case 'announce':
        for (const address of plan.sentinels) {
          const before = scene.viewOf(address);
          if (before && before.epoch < order.epoch)
            scene.sentinelsSay({ master: order.master, epoch: order.epoch, ...UP }, [address]);
        }
        done(order.number);
        break;
      case 'ask-votes':
        for (const address of plan.sentinels) {
          if (!scene.viewOf(address)) continue;
          const vote = this.votes ? this.votes(address, order.epoch) : { leader: plan.electorId, epoch: order.epoch };
          if (vote) scene.vote(address, { order: order.number, ...vote });
        }
        break;
      case 'pause':
      case 'flush-sentinels':
        done(order.number);
        break;
      default:
    }
  }
}

/** The whole agent. */
export function playAgent(scene: Scene, durable: Partial<Durable> = {}): Play<Memory> {
  return new Play<Memory>(scene, newMemory(durable), (known, memory): Stepped<Memory> => {
    const decision: Decision = decide(known, memory);
    return decision;
  });
}
