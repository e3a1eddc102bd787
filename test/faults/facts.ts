import type { EngineKind } from '../../src/engine/engine.js';

export type ProfileName = 'strict' | 'default' | 'cache';

/** What is promised depends on these, read from the rendered manifest. */
export interface Facts {
  readonly profile: ProfileName;
  readonly engine: EngineKind;
  readonly image: string;
  /** In ms. */
  readonly downAfter: number;
  /** How old a replica's last answer may be for the master to accept writes, in ms; 0: it needs none. */
  readonly maxLag: number;
  readonly persistent: boolean;
  /** How long the servers wait for the last master before they choose another, in ms. */
  readonly abandonedAfter: number;
}
