import { decide } from '../../src/agent/program/decide/agent.js';
import type { Known, SentinelSeen, ServerSeen } from '../../src/agent/program/decide/known.js';
import type { Order } from '../../src/agent/program/decide/orders.js';
import type { Decide } from '../../src/simulation/agent.js';
import type { Invariant } from '../../src/simulation/checks.js';
import type { Kind } from '../../src/simulation/faults.js';
import type { Choice, Setting } from '../../src/simulation/settings.js';
import type { Differences } from '../../src/simulation/world.js';

/** A rule that is taken out, and what must then be seen to go wrong. */
export interface Sabotage {
  readonly name: string;
  readonly differences: Differences;
  /** Missing with and without the rule, as it would hide that the rule is gone. */
  readonly inBoth?: Differences;
  readonly choice: Choice;
  /** What brings it to light. */
  readonly kinds: readonly Kind[];
  readonly setting?: Partial<Setting>;
  readonly breaks: readonly Invariant[];
}

type Orders = (orders: readonly Order[], known: Known) => readonly Order[];

function withOrders(change: Orders): Decide {
  return (known, memory) => {
    const decision = decide(known, memory);
    return { ...decision, orders: change(decision.orders, known) };
  };
}

function withKnown(change: (known: Known) => Known): Decide {
  return (known, memory) => decide(change(known), memory);
}

function without(kind: Order['do'], unless: (known: Known) => boolean = () => false): Decide {
  return withOrders((orders, known) => (unless(known) ? orders : orders.filter((order) => order.do !== kind)));
}

/** The named master starts as soon as it may listen, whoever may have its data. */
const unguarded = withOrders((orders, known) => {
  const { plan, server } = known;
  const named = known.sentinels.get(plan.nearest)?.view?.master === plan.me;
  if (server.state !== 'waiting' || !named) return orders;
  return [
    { do: 'set-fact', fact: 'incomplete', holds: false },
    { do: 'start-server', as: 'master' },
  ];
});

/** Pauses of a hand-over are over at once. */
const unpaused = withOrders((orders, known) =>
  known.handOverAsked === undefined
    ? orders
    : orders.map((order) => (order.do === 'pause' ? { ...order, ms: 0 } : order)),
);

/** What the nearest Sentinel says is taken for the word of all, its vote too. */
const oneSentinelDecides = withKnown((known) => {
  const nearest = known.sentinels.get(known.plan.nearest) as SentinelSeen;
  return { ...known, sentinels: new Map(known.plan.sentinels.map((address) => [address, nearest])) };
});

/** Every replica is believed to have everything. */
const undrained = withKnown((known) => {
  if (known.handOverAsked === undefined) return known;
  return withServers(known, (seen) =>
    seen.info?.role === 'replica' ? { ...seen, info: { ...seen.info, offset: Number.MAX_SAFE_INTEGER } } : seen,
  );
});

/** Of two replicas the one that is behind is taken for the one ahead. */
const worstHeir = withKnown((known) =>
  withServers(known, (seen) =>
    seen.info?.role === 'replica' ? { ...seen, info: { ...seen.info, offset: 1e12 - seen.info.offset } } : seen,
  ),
);

function withServers(known: Known, change: (seen: ServerSeen) => ServerSeen): Known {
  const servers = new Map<string, ServerSeen>();
  for (const [address, seen] of known.servers) servers.set(address, change(seen));
  return { ...known, servers };
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'the guard',
    differences: { decide: unguarded },
    choice: { profile: 'cache', severity: 'many' },
    kinds: ['kill-containers', 'kill-server'],
    breaks: ['an empty server became master'],
  },
  {
    name: 'priority 0 until the first copy',
    differences: { startPriority: 100 },
    choice: { severity: 'beyond' },
    kinds: ['lose-volume', 'kill-pod', 'kill-server'],
    setting: { copyMs: 6000 },
    breaks: ['an empty server became master'],
  },
  {
    name: 'the majority of an election',
    differences: { decide: oneSentinelDecides },
    choice: { severity: 'many' },
    kinds: ['isolate-node'],
    breaks: ['two masters in one epoch', 'a failover that nobody needed'],
  },
  {
    name: 'the fence',
    differences: { decide: without('pause', ({ handOverAsked }) => handOverAsked !== undefined) },
    // It stops a master that is cut off too, after max-lag.
    inBoth: { engine: { minReplicas: 0 } },
    choice: { profile: 'strict', severity: 'many' },
    kinds: ['isolate-node'],
    breaks: ['two servers accept writes'],
  },
  {
    name: 'min-replicas-to-write',
    differences: { engine: { minReplicas: 0 } },
    choice: { profile: 'strict', severity: 'many' },
    kinds: ['isolate-node', 'kill-agent', 'hang-agent'],
    breaks: ['two servers accept writes'],
  },
  {
    name: 'the end of a master that hangs',
    differences: { decide: without('end-server') },
    choice: { profile: 'strict', severity: 'many' },
    kinds: ['hang-server'],
    breaks: ['two servers accept writes'],
  },
  {
    name: 'the pause of a hand-over',
    differences: { decide: unpaused },
    choice: { severity: 'many' },
    kinds: ['delete-pod'],
    setting: { writers: 4, writeEveryMs: 60 },
    breaks: ['a planned stop lost a write', 'two servers accept writes'],
  },
  {
    name: 'the wait for an heir that has everything',
    differences: { decide: undrained },
    choice: { severity: 'many' },
    kinds: ['delete-pod'],
    setting: { writers: 4, writeEveryMs: 60, waitShare: 0, latency: { usual: 1, late: 60, lateShare: 0.1 } },
    breaks: ['a planned stop lost a write', 'a confirmed write is lost'],
  },
  {
    name: "leaving the agent's own stalls out",
    differences: { dishonestClock: true },
    choice: { profile: 'strict', severity: 'many' },
    kinds: ['hang-agent'],
    setting: { questionMs: 60 },
    breaks: ['a healthy server was ended'],
  },
  {
    name: 'an id of its own in an election',
    differences: { plan: (plan) => ({ ...plan, electorId: plan.sentinelIds[plan.ordinal] as string }) },
    choice: { severity: 'many' },
    kinds: ['kill-server'],
    setting: { questionMs: 200 },
    breaks: ['a failover that nobody needed', 'two servers accept writes'],
  },
  {
    name: 'the choice of the heir that came furthest',
    differences: { decide: worstHeir },
    choice: { profile: 'strict', severity: 'beyond' },
    kinds: ['cut-pair', 'kill-server'],
    breaks: ['a confirmed write is lost'],
  },
];
