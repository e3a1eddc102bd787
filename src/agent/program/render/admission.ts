import { quoted } from './quoted.js';

/** The passwords in force in this pod. */
export interface InForce {
  /** The one that it uses towards all; undefined: there is none. */
  readonly used?: string;
  /** Another one that its server and Sentinel accept. */
  readonly accepted?: string;
}

/**
 * The lines of a configuration that say which passwords are let in. With two, the default user has both; it keeps all
 * rights, since without them a server silently drops transactions of its own append-only file at the next start.
 */
export function admission({ used, accepted }: InForce): string[] {
  if (used === undefined) return [];
  const one = `requirepass ${quoted(used)}`;
  if (accepted === undefined) return [one];
  return [one, `user default on ${quoted(`>${used}`)} ${quoted(`>${accepted}`)} ~* &* +@all`];
}
