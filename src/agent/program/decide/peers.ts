import type { Address, Known } from './known.js';
import { freshInfo, isReserved, isSilent, others, PATIENCE_MS } from './views.js';

/** What the other servers say, to one that must not start before it knows. */
export interface Peers {
  /** One of them is master. */
  readonly master?: Address;
  /** One of them may be promoted: a replica with a priority above 0. */
  readonly promotable?: Address;
  /** Alive, but they do not tell what they are (password, certificate, a long script): they may be either. */
  readonly reserved: readonly Address[];
  /** Neither answer nor refuse the connection: they may be either. */
  readonly silent: readonly Address[];
  /** The question is still on its way. */
  readonly unknown: readonly Address[];
}

/** What is known by questions asked since then: whoever was silent before may not have been asked since. */
export function peers(known: Known, since: number): Peers {
  let master: Address | undefined;
  let promotable: Address | undefined;
  const reserved: Address[] = [];
  const silent: Address[] = [];
  const unknown: Address[] = [];
  for (const address of others(known)) {
    const seen = known.servers.get(address);
    const info = freshInfo(seen, since);
    if (info) {
      if (info.role === 'master') master ??= address;
      else if (info.priority > 0) promotable ??= address;
    } else if (known.now - since >= PATIENCE_MS && isSilent(seen, known.now)) silent.push(address);
    else if (!seen || seen.askedAt < since) unknown.push(address);
    else if (isReserved(seen)) reserved.push(address);
    else if (seen.contact !== 'refused') unknown.push(address);
  }
  return { master, promotable, reserved, silent, unknown };
}
