/** One Sentinel, as it was last looked at. */
export interface SentinelCertificate {
  /** `host:port` or the address alone, for people. */
  readonly address: string;
  /** With which certificate it runs, as the agent of its pod tells; undefined where that is not known. */
  readonly id?: string;
  /** It answers, has met the master, sees nobody down and no failover. */
  readonly whole: boolean;
  /** It lives, and shows a certificate that is not accepted here. @default false */
  readonly untrusted?: boolean;
}

/** What is known for the renewal of the certificate. Certificates are told apart by their ids. */
export interface RenewalKnown {
  /** ms */
  readonly now: number;
  /** In force in this pod. */
  readonly current: string;
  /** When all of the following was last looked at; -Infinity: not yet. */
  readonly lookedAt: number;
  /** With which one the own server runs; undefined: none runs, or it does not tell. */
  readonly server?: string;
  readonly hasServer: boolean;
  /** By ordinal. */
  readonly sentinels: readonly SentinelCertificate[];
  /** The place among them of the one that runs in this pod; undefined: none does. */
  readonly own?: number;
  /** The own Sentinel tells an address of a member where names are to be told: it heard it from one that tells addresses. */
  readonly tellsAddresses: boolean;
}

export interface RenewalMemory {
  /** The certificate with which all of this pod is known to run. */
  readonly settled?: string;
  /** The look that was last gone by. */
  readonly lookedAt: number;
  /** Since which look all other Sentinels are whole and those before the own one have the new certificate. */
  readonly turnSince?: number;
  readonly endedAt?: number;
}

export type RenewalOrder =
  /** The own server reads the files anew, while it runs. */
  | { readonly do: 'load' }
  /** SIGKILL to the own Sentinel: its container starts another one, with the new certificate. */
  | { readonly do: 'end-sentinel' }
  /** Asks the own server, and all Sentinels. */
  | { readonly do: 'look' };

export interface RenewalStep {
  readonly memory: RenewalMemory;
  readonly orders: readonly RenewalOrder[];
  readonly say: readonly string[];
  readonly why: string;
}

/** Between two looks, ms. */
export const RENEWAL_LOOK_MS = 5000;
/** All must have been whole for so long: a Sentinel that has just started is soon asked for its vote again, ms. */
const STEADY_MS = 10_000;
/** Its container may wait for Kubernetes, ms. */
const ENDED_MS = 60_000;

export function newRenewalMemory(): RenewalMemory {
  return { lookedAt: Number.NEGATIVE_INFINITY };
}

/**
 * A certificate is renewed while everything runs: the Secret is changed, the kubelets bring it into the mounted files, each at
 * its own time. What is not sound is not taken (certificate.ts): what was in force stays. What is, the agent uses at once for
 * its own connections, and for all that starts in its pod. A server loads it while it runs. A Sentinel cannot, and is
 * restarted: one after the other, in the order of their ordinals, so that a majority always watches.
 *
 * Connections that stand are not touched by any of it; a certificate is looked at when one begins.
 *
 * | own server                     | own Sentinel                   | the other Sentinels                                                        | then                         |
 * |--------------------------------|--------------------------------|----------------------------------------------------------------------------|------------------------------|
 * | runs with it, or there is none | runs with it, or there is none |                                                                            | nothing                      |
 * | with another                   |                                |                                                                            | loads it                     |
 * |                                | with another                   | one does not answer, sees one down or a failover                           | waits                        |
 * |                                | with another                   | one of a lower ordinal runs with another, or with one that is not accepted | waits for its turn           |
 * |                                | with another                   | all whole or not accepted, the lower ones with it, for less than 10 s      | waits                        |
 * |                                | with another                   | all whole or not accepted, the lower ones with it, for 10 s                | is ended, and starts with it |
 *
 * Where an authority was exchanged at a stroke, those that still run with its certificates are accepted by nobody who has the new
 * one. They are not waited for: only by being restarted, each in its turn, are they accepted again.
 *
 * A Sentinel that tells addresses where names are to be told is restarted likewise: while TLS is turned on or off, some tell the
 * one and some the other, and it keeps the form that it heard last. Clients that verify names could not follow it, and in time it
 * would know a server twice.
 *
 * | own Sentinel    | the other Sentinels                                       | then                                 |
 * |-----------------|-----------------------------------------------------------|--------------------------------------|
 * | tells addresses | one does not answer, sees one down or a failover          | waits                                |
 * | tells addresses | all whole, for 10 s, and as long again for each ordinal below its own | is ended, and starts with names |
 *
 * Its limit: two renewals within a minute may restart two Sentinels at a time.
 */
export function decideRenewal(known: RenewalKnown, memory: RenewalMemory): RenewalStep {
  const { current, lookedAt, now } = known;
  if (memory.settled === current && !known.tellsAddresses) return { memory, orders: [], say: [], why: 'in use' };
  if (lookedAt <= memory.lookedAt) {
    return { memory, orders: [{ do: 'look' }], say: [], why: 'asking who uses it' };
  }
  const looked: RenewalMemory = { ...memory, lookedAt };
  const orders: RenewalOrder[] = [{ do: 'look' }];
  const say: string[] = [];
  const serverUses = !known.hasServer || known.server === current;
  if (known.hasServer && known.server !== undefined && !serverUses) orders.unshift({ do: 'load' });
  const own = known.own === undefined ? undefined : known.sentinels[known.own];
  const sentinelUses = own === undefined || (own.id === current && !known.tellsAddresses);
  if (sentinelUses) {
    if (!serverUses) return { memory: looked, orders, say, why: 'the server loads it' };
    return {
      memory: { settled: current, lookedAt },
      orders: [],
      say: [`certificate-in-use id=${current}`],
      why: 'in use',
    };
  }
  if (own.id === undefined) return { memory: looked, orders, say, why: 'its Sentinel does not tell its certificate' };
  const { endedAt } = memory;
  if (endedAt !== undefined && now - endedAt < ENDED_MS)
    return { memory: looked, orders, say, why: 'its Sentinel starts anew' };
  const notYet = whyNotYet(known, known.own as number);
  if (notYet !== undefined) return { memory: { ...looked, turnSince: undefined }, orders, say, why: notYet };
  const turnSince = memory.turnSince ?? lookedAt;
  // Nobody knows of another's Sentinel what it tells, so they have turns by their ordinals.
  const steadyMs = own.id === current ? STEADY_MS * (1 + (known.own as number)) : STEADY_MS;
  if (lookedAt - turnSince < steadyMs)
    return { memory: { ...looked, turnSince }, orders, say, why: 'its Sentinel is next' };
  const reason = own.id === current ? 'tells-addresses' : 'new-certificate';
  return {
    memory: { ...looked, turnSince: undefined, endedAt: now },
    orders: [{ do: 'end-sentinel' }, ...orders],
    say: [`ended-sentinel reason=${reason} id=${current}`],
    why: 'its Sentinel starts anew',
  };
}

function whyNotYet({ sentinels, current }: RenewalKnown, own: number): string | undefined {
  const shaken = sentinels.find(({ whole, untrusted }) => !whole && !untrusted);
  if (shaken) return `waits until ${shaken.address} answers, and sees nobody down`;
  const before = sentinels.slice(0, own).find(({ id }) => id !== current);
  return before && `waits for its turn, after ${before.address}`;
}
