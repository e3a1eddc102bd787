import { inPlaceOf } from '../agent/program/decide/election.js';
import type { Address, Result } from '../agent/program/decide/known.js';
import type { Order } from '../agent/program/decide/orders.js';
import type { Agent } from './agent.js';
import type { SentinelState } from './questions.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';
import type { Target } from './target.js';

/** An order whose answer does not come by then counts as failed, though it may yet be carried out, ms. */
const ORDER_MS = 1000;
/** A Sentinel writes its file before it answers, ms. */
const ANNOUNCE_MS = 2000;
/** A message through the pod's memory volume, ms. */
const THROUGH_FILES_MS = 2;

/** Carries an order out as the agent's driver (act/) does: bounded in time, with its result where it has a number. */
export function carryOut(agent: Agent, order: Order): void {
  const { pod, world } = agent;
  const own = pod.server;
  switch (order.do) {
    case 'start-server':
      agent.later(THROUGH_FILES_MS, () => pod.startServer(order));
      return;
    case 'end-server':
      world.checks.ends(own as Server);
      agent.later(THROUGH_FILES_MS, () => pod.killServer());
      return;
    case 'end-sentinel':
      agent.later(THROUGH_FILES_MS, () => pod.sentinel?.end());
      return;
    case 'start-sentinel':
      agent.later(THROUGH_FILES_MS, () => pod.startSentinel(order));
      return;
    case 'set-fact':
      pod.volume.note(order.fact, order.holds);
      return;
    case 'forget-promote':
      pod.run.promoteOrdered = false;
      return;
    case 'release-hook':
      agent.later(THROUGH_FILES_MS, () => pod.releaseHook());
      return;
    case 'reconnect-sentinel':
      pod.sentinel?.receive(() => pod.sentinel?.reconnect());
      return;
    case 'set-priority':
      tellOwn(agent, (server) => {
        server.priority = order.value;
        return true;
      });
      return;
    case 'drop-clients':
      tellOwn(agent, (server) => {
        server.dropClients();
        return true;
      });
      return;
    case 'pause':
      tellOwn(
        agent,
        (server) => {
          if (server.loading) return false;
          server.pause(order.ms);
          return true;
        },
        order.number,
      );
      return;
    case 'free-sentinels':
      tellOwn(agent, (server) => {
        for (const sentinel of world.sentinels) sentinel.freedFrom(server);
        return true;
      });
      return;
    case 'unpause':
      tellOwn(agent, (server) => {
        server.unpause();
        return true;
      });
      return;
    case 'show-position':
      tellOwn(agent, (server) => {
        server.position = order.position;
        return true;
      });
      return;
    case 'mark':
      agent.serverTargets.get(agent.plan.me)?.order(
        (answer) => own?.mark(order.epoch, order.offset, (done) => answer(done ? () => {} : false)),
        ORDER_MS,
        () => {},
      );
      return;
    case 'follow':
      follow(agent, order);
      return;
    case 'ask-failover':
      sentinelOf(agent, agent.plan.nearest, (sentinel) => sentinel.failoverAsked());
      return;
    case 'set-down-after':
      for (const address of order.of === 'own' ? [agent.plan.nearest] : agent.plan.sentinels) {
        sentinelOf(agent, address, (sentinel) => {
          sentinel.setDownAfter(order.ms);
          return true;
        });
      }
      return;
    case 'announce': {
      const master = world.serverAt(order.master) as Server;
      const hello = { currentEpoch: order.epoch, master, configEpoch: order.epoch };
      world.note(() => [agent.name, `announces ${order.master} in epoch ${order.epoch}`]);
      tellAll(agent, order.number, (sentinel) => {
        sentinel.takeHello(hello);
        return true;
      });
      return;
    }
    case 'flush-sentinels':
      tellAll(agent, order.number, (sentinel) => {
        sentinel.flush();
        return true;
      });
      return;
    case 'ask-votes':
      askVotes(agent, order.number, order.old, order.epoch, agent.plan.electorId);
      return;
    case 'ask-given-votes':
      askVotes(agent, order.number, order.old, 0, 'nobody');
  }
}

function tellOwn(agent: Agent, run: (server: Server) => boolean, number?: number): void {
  const server = agent.pod.server as Server;
  const target = agent.serverTargets.get(agent.plan.me) as Target;
  target.order(
    (answer) => answer(run(server) ? () => {} : false),
    ORDER_MS,
    (result) => agent.result(number, result),
  );
}

function follow(agent: Agent, order: Extract<Order, { do: 'follow' }>): void {
  const { world } = agent;
  const server = world.serverAt(order.server) as Server;
  const master = order.master === undefined ? undefined : world.serverAt(order.master);
  const target = agent.serverTargets.get(order.server) as Target;
  target.order(
    (answer) => {
      if (master === undefined) world.promoting(server, agent.name);
      answer(server.follow(master) ? () => {} : false);
    },
    ORDER_MS,
    (result) => agent.result(order.number, result),
  );
}

function sentinelOf(
  agent: Agent,
  address: Address,
  run: (sentinel: Sentinel) => boolean,
  done: (result: Result) => void = () => {},
  timeout = ORDER_MS,
): void {
  const sentinel = agent.world.sentinelAt(address) as Sentinel;
  const target = agent.sentinelTargets.get(address) as Target;
  target.order((answer) => answer(run(sentinel) ? () => {} : false), timeout, done);
}

/** `done` when all have carried it out; the result is there when all have answered, or can no longer. */
function tellAll(agent: Agent, number: number | undefined, run: (sentinel: Sentinel) => boolean): void {
  let open = agent.plan.sentinels.length;
  let all: Result = 'done';
  const ended = (result: Result) => {
    if (result !== 'done' && all !== 'failed') all = result;
    if (--open === 0) agent.result(number, all);
  };
  for (const address of agent.plan.sentinels) sentinelOf(agent, address, run, ended, ANNOUNCE_MS);
}

function askVotes(agent: Agent, number: number, old: Address | undefined, epoch: number, candidate: string): void {
  let open = agent.plan.sentinels.length;
  let all: Result = 'done';
  for (const address of agent.plan.sentinels) {
    const sentinel = agent.world.sentinelAt(address) as Sentinel;
    const seen = agent.sentinels.get(address) as SentinelState;
    (agent.sentinelTargets.get(address) as Target).order(
      (answer) => {
        const vote = sentinel.voteFor(number, inPlaceOf(old, seen, agent.plan.me), epoch, candidate);
        answer(() => {
          seen.vote = vote;
        });
      },
      ORDER_MS,
      (result) => {
        if (result !== 'done' && all !== 'failed') all = result;
        if (--open === 0) agent.result(number, all);
        else agent.changed();
      },
    );
  }
}
