import type { Facts } from '../facts.js';
import type { Promises } from '../fault.js';

/**
 * Longest times of single runs, in ms. Sentinel alone takes down-after + 1.2 s (its INFO poll confirms the promotion once a
 * second); clients add a connection's time-out of 0.5 s where a silent node is among those they ask.
 */
const KILL = 1200;
const HANG = 2000;
/** No outage, but for the noise of a shared machine. */
export const UNDISTURBED = 1000;
/** Restarted pods: a probe's period, the start of three containers, a synchronisation. */
const WHOLE = 60;

const kept = { lostConfirmed: 'none', twoMasters: 'never', whole: WHOLE } as const;

/** The master goes on: a replica, a Sentinel or an agent has the fault. */
export const undisturbed = (): Promises => ({ ...kept, lost: 'none', outage: UNDISTURBED, master: 'stays' });

/** The master's process is gone, and its port refuses: the agent does not wait for down-after. */
export const killed = ({ downAfter }: Facts): Promises => ({
  ...kept,
  lost: 'in-flight',
  outage: downAfter + KILL,
  goal: 1200,
});

/** The master does not answer, and nothing tells why. */
export const silent = ({ downAfter }: Facts): Promises => ({
  ...kept,
  lost: 'in-flight',
  outage: downAfter + HANG,
  goal: downAfter + 1300,
});

/**
 * In `strict` it is ended before another can be elected, and replaced at once. Elsewhere it goes on when another is master,
 * and without min-replicas nothing tells it so before its agent does.
 */
export const hung = (facts: Facts): Promises =>
  facts.profile === 'strict'
    ? { ...killed(facts), goal: facts.downAfter + 300, clingingClients: 'disconnected' }
    : {
        ...silent(facts),
        clingingClients: 'disconnected',
        twoMasters: facts.maxLag > 0 ? 'at-resumption' : 'while-cut-off',
        lost: facts.maxLag > 0 ? 'in-flight' : 'any',
      };

/** Planned: writes stand still while the heir takes over. */
export const handedOver = (): Promises => ({ ...kept, lost: 'none', outage: 1000, goal: 500 });

/** The master is cut off together with a client that goes on writing to it. */
export const cutOff = (facts: Facts): Promises => ({
  ...silent(facts),
  lost: facts.maxLag > 0 ? 'cut-off' : 'any',
  lostConfirmed: 'none',
  clingingClients: 'disconnected',
  twoMasters: facts.profile === 'strict' ? 'never' : 'while-cut-off',
});

/** A replica short, the master is lost too: what is left may have to wait for one of them. */
export const twoAtOnce = (facts: Facts): Promises => ({ ...killed(facts), outage: 30_000, goal: undefined });

/** Nothing is left running; what is on the volumes has to come back. */
export const stopOfAll = (facts: Facts): Promises | undefined =>
  facts.persistent ? { ...kept, lost: 'in-flight', outage: 90_000, whole: 120 } : undefined;
