import type { Address, MasterView, ServerInfo } from '../../agent/program/decide/known.js';
import type { AgentStatus, PodSeen } from './observe.js';

/** An answer older than that is none, ms: the agents' own limit (http/readiness.ts). */
const FRESH_MS = 5000;

export type Known = NonNullable<AgentStatus['known']>;
export type Seen = { readonly pod: PodSeen; readonly known: Known };

/** What is known of a server: its own agent's word, else the newest of the others'. */
export interface InfoSeen {
  readonly info?: ServerInfo;
  /** Seen to be away. */
  readonly down: boolean;
}

export const NOTHING: InfoSeen = { down: false };

export function infoOf(address: Address, agents: readonly Seen[]): InfoSeen {
  const ownAgent = agents.find(({ known }) => known.plan.hasServer && known.plan.me === address);
  if (ownAgent && ownAgent.known.server.state !== 'running') return { down: true };
  for (const { known } of inOrder(ownAgent, agents, ({ known }) => known.now - (known.servers[address]?.infoAt ?? 0))) {
    const seen = known.servers[address];
    if (seen?.info && known.now - seen.infoAt <= FRESH_MS && seen.contact !== 'refused') {
      return { info: seen.info, down: false };
    }
  }
  return { down: agents.some(({ known }) => isAway(known.servers[address]?.contact)) };
}

export interface ViewSeen {
  readonly view?: MasterView;
  readonly down: boolean;
}

export function viewOf(address: Address, agents: readonly Seen[]): ViewSeen {
  const ownAgent = agents.find(({ known }) => known.plan.hasSentinel && known.plan.nearest === address);
  for (const { known } of inOrder(
    ownAgent,
    agents,
    ({ known }) => known.now - (known.sentinels[address]?.viewAt ?? 0),
  )) {
    const seen = known.sentinels[address];
    if (seen?.view && known.now - seen.viewAt <= FRESH_MS && seen.contact !== 'refused') {
      return { view: seen.view, down: false };
    }
  }
  return { down: agents.some(({ known }) => isAway(known.sentinels[address]?.contact)) };
}

/** The own one first, then the others by the age of what they know. */
function inOrder(own: Seen | undefined, agents: readonly Seen[], age: (agent: Seen) => number): Seen[] {
  const others = agents.filter((agent) => agent !== own).sort((a, b) => age(a) - age(b));
  return own ? [own, ...others] : others;
}

function isAway(contact: string | undefined): boolean {
  return contact === 'refused' || contact === 'silent';
}
