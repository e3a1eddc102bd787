import { bestHeir } from './heir.js';
import type { Address, Known } from './known.js';
import type { CrashMemory } from './memory.js';
import type { Step } from './orders.js';
import { newPromoted, newSwitch, stepSwitch, tellAgain } from './switch.js';
import { freshInfo, freshView, others, serverIsGone } from './views.js';

/** After an election that came to nothing, ms. */
const AGAIN_MS = 500;
const FRESH_MS = 1000;

/**
 * The server has died, and the Sentinels still name it master: rather than let `down-after` go by, a replica is promoted at
 * once. Nobody can be hurt by it: the server is dead (its port refuses), the guard does not let it listen again as long as a
 * replica may be promoted, and a majority of the Sentinels must elect.
 *
 * | own port     | nearest Sentinel names | replicas                                     | then                             |
 * |--------------|------------------------|----------------------------------------------|----------------------------------|
 * | answers      |                        |                                              | nothing                          |
 * | refuses      | any, a hand-over promotes an heir |                                   | nothing: it is the hand-over's   |
 * | refuses      | another                |                                              | nothing: it is decided           |
 * | refuses      | this one               | one was promoted by this agent               | tells the Sentinels again        |
 * | refuses      | this one               | one is master by a late order of this agent  | elects, tells all                |
 * | refuses      | this one               | one is master                                | nothing: it may have taken writes |
 * | refuses      | this one               | one is silent, and not considered down       | waits for it, up to down-after   |
 * | refuses      | this one               | one still reads from the dead master         | waits for it                     |
 * | refuses      | this one               | none may be promoted                         | nothing                          |
 * | refuses      | this one               | known                                        | elects, promotes the furthest    |
 * | refuses      | this one, for down-after + 2 s |                                      | leaves it to the others          |
 */
export function decideCrash(
  known: Known,
  memory: CrashMemory,
  nextNumber: () => number,
  isHandedOver: boolean,
): Step<CrashMemory> {
  const { now, plan } = known;
  if (!serverIsGone(known)) {
    const over: CrashMemory = memory.goneAt === undefined ? memory : { slow: [], lastMs: memory.lastMs };
    return { memory: over, orders: [], needs: {}, why: 'the server is there' };
  }
  const goneAt = memory.goneAt ?? now;
  const going: CrashMemory = memory.goneAt === undefined ? { ...memory, goneAt } : memory;
  if (isHandedOver) return { memory: going, orders: [], needs: {}, why: 'the hand-over goes on' };
  if (going.switching) return proceed(known, going, nextNumber);
  if (going.promoted) {
    const { promoted, orders } = tellAgain(known, going.promoted, nextNumber);
    const needs = promoted ? { sentinels: 200 } : {};
    return { memory: { ...going, promoted }, orders, needs, why: `${going.promoted.heir} was promoted`, again: 200 };
  }
  const named = freshView(known.sentinels.get(plan.nearest), Math.max(goneAt, now - 500));
  const needs = { nearest: 100 };
  if (!named) return { memory: going, orders: [], needs, why: 'asking the nearest Sentinel', again: 100 };
  if (named.master !== plan.me)
    return {
      memory: { slow: [], goneAt, lastMs: memory.lastMs },
      orders: [],
      needs: {},
      why: `${named.master} is named`,
    };
  if (now - goneAt > plan.downAfter + 2000)
    return { memory: going, orders: [], needs: {}, why: 'left to the Sentinels and the other agents' };
  if (going.notBefore !== undefined && now < going.notBefore) {
    return { memory: going, orders: [], needs, why: 'an election came to nothing', again: 100 };
  }
  const among = others(known);
  const lately = Math.max(goneAt, now - FRESH_MS);
  const infoOf = (address: Address) => freshInfo(known.servers.get(address), lately);
  const master = among.find((address) => infoOf(address)?.role === 'master');
  const { ordered } = going;
  if (master !== undefined && master === ordered?.heir) {
    const switching = newSwitch(known, plan.me, master, infoOf(master)?.offset ?? 0, ordered.epoch);
    return proceed(known, { ...going, switching }, nextNumber);
  }
  if (master !== undefined) {
    return {
      memory: going,
      orders: [],
      needs: { ...needs, servers: 200 },
      why: `${master} is master already`,
      again: 200,
    };
  }
  const heir = bestHeir(known, { among, since: goneAt, linked: false, slow: going.slow });
  if (heir.kind === 'wait') {
    return {
      memory: { ...going, slow: heir.slow },
      orders: [],
      needs: { ...needs, servers: 20, replicas: 500 },
      why: heir.why,
      again: 20,
    };
  }
  if (heir.kind === 'none')
    return {
      memory: going,
      orders: [],
      needs: { ...needs, servers: 200 },
      why: 'no replica may be promoted',
      again: 200,
    };
  const switching = newSwitch(known, plan.me, heir.address, heir.offset, ordered?.epoch);
  return proceed(known, { ...going, switching }, nextNumber);
}

function proceed(known: Known, memory: CrashMemory, nextNumber: () => number): Step<CrashMemory> {
  const { now } = known;
  const switching = memory.switching as NonNullable<CrashMemory['switching']>;
  const step = stepSwitch(known, switching, nextNumber);
  if (step.outcome === 'going') {
    return {
      memory: { ...memory, switching: step.switching },
      orders: step.orders,
      needs: { own: 100, ...step.needs },
      why: step.why,
      again: 50,
    };
  }
  const rest: CrashMemory = { ...memory, switching: undefined };
  if (step.outcome === 'lost') {
    const { phase, heir, election } = switching;
    const ordered = phase === 'promote' ? { heir, epoch: election.epoch } : memory.ordered;
    return {
      memory: { ...rest, notBefore: now + AGAIN_MS, lost: step.why, ordered },
      orders: [],
      needs: { nearest: 100 },
      why: step.why,
      say: memory.lost === step.why ? [] : [`switch-lost to=${switching.heir} reason=${step.why.replaceAll(' ', '-')}`],
      again: 100,
    };
  }
  const lastMs = Math.round(now - (memory.goneAt ?? now));
  return {
    memory: { ...rest, promoted: newPromoted(known, switching.heir, step.epoch), lastMs },
    orders: step.orders,
    needs: { sentinels: 200 },
    why: `${switching.heir} was promoted`,
    say: [
      `switched to=${switching.heir} epoch=${step.epoch} offset=${switching.offset} reason=server-gone after=${lastMs}ms`,
    ],
  };
}
